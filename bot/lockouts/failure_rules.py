"""Sign-ins that failed: why, from where, and what to look at first. Pure; no secret is in them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

SHOWN_FOR = timedelta(hours=24)
# So many people of a partner, most of them from one network, are no coincidence of forgetful people.
LEAST_PEOPLE, SHARE = 3, 0.8
# A person who fails so often in so short a time does not type any more: a device tries a password that it kept.
TRIES, TRIES_WITHIN = 5, timedelta(minutes=2)
LOCKED, WRONG_PASSWORD = "LOCKED_OUT", "INVALID_CREDENTIALS"
# What a source calls it, and what it means.
REASONS = {
    WRONG_PASSWORD: "wrong password",
    LOCKED: "the account is locked",
    "PASSWORD_EXPIRED": "the password has expired",
    "VERIFICATION_ERROR": "the second factor failed",
    "INVALID_TOKEN": "the second factor failed",
    "FACTOR_ENROLL": "no second factor is set up",
    "NETWORK_ZONE_BLACKLIST": "the network is blocked",
    "NOT_SPECIFIED": "no reason given",
    "": "no reason given",
}


class Failure(Struct, frozen=True):
    """One attempt: whose, when, why it failed, from which network and town, with which program."""

    login: str
    at: datetime
    reason: str
    address: str = ""
    place: str = ""
    client: str = ""


def meaning(reason: str) -> str:
    """The reason in words; one that is not known as the source writes it."""
    return REASONS.get(reason, reason.replace("_", " ").lower())


def counted(values: Sequence[str], most: int = 3) -> list[tuple[str, int]]:
    """The values that came most, without empty ones, each with how often it came."""
    return Counter(value for value in values if value).most_common(most)


def hints(failures: Sequence[Failure]) -> list[str]:
    """What to look at first, in sentences; nothing where the attempts do not say."""
    people = {each.login for each in failures}
    found = [_of_network(failures, len(people)), _of_device(failures)]
    if any(each.reason == LOCKED for each in failures):
        found.append("An account is locked: unlock it first, a new password alone does not help.")
    if len(people) == 1 and len({each.place for each in failures if each.place}) > 1:
        found.append("The attempts come from several places: ask the agent whether all were theirs.")
    return [hint for hint in found if hint]


def _of_network(failures: Sequence[Failure], people: int) -> str:
    """Many people who fail behind one address have their network in common."""
    behind: dict[str, set[str]] = {}
    for each in failures:
        if each.address:
            behind.setdefault(each.address, set()).add(each.login)
    if people < LEAST_PEOPLE or not behind:
        return ""
    address, logins = max(behind.items(), key=lambda entry: len(entry[1]))
    if len(logins) < SHARE * people:
        return ""
    return (
        f"{len(logins)} of {people} people come from one network ({address}): look at that site's connection, "
        "proxy and clock before anybody's password."
    )


def _of_device(failures: Sequence[Failure]) -> str:
    """Wrong passwords faster than people type."""
    moments: dict[tuple[str, str], list[datetime]] = {}
    for each in failures:
        if each.reason == WRONG_PASSWORD:
            moments.setdefault((each.login, each.client), []).append(each.at)
    for (_, client), times in moments.items():
        times.sort()
        pairs = zip(times, times[TRIES - 1 :], strict=False)
        if any(last - first <= TRIES_WITHIN for first, last in pairs):
            device = f" ({client})" if client else ""
            return f"Wrong passwords come faster than people type: a device{device} tries one that it has kept."
    return ""
