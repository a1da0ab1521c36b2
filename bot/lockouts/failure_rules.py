"""Failed sign-ins: why, from where, and what to check first. Pure; they contain no secret."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

SHOWN_FOR = timedelta(hours=24)
# This many people of one partner, most of them on one network, are not just forgetful.
LEAST_PEOPLE, SHARE = 3, 0.8
# A person who fails this often this fast is not typing: a device is retrying a stored password.
TRIES, TRIES_WITHIN = 5, timedelta(minutes=2)
LOCKED, WRONG_PASSWORD = "LOCKED_OUT", "INVALID_CREDENTIALS"
# The source's code and its meaning.
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
    """One failed attempt: login, time, reason, network, town and program."""

    login: str
    at: datetime
    reason: str
    address: str = ""
    place: str = ""
    client: str = ""


def meaning(reason: str) -> str:
    """The reason in words; an unknown one as the source writes it."""
    return REASONS.get(reason, reason.replace("_", " ").lower())


def counted(values: Sequence[str], most: int = 3) -> list[tuple[str, int]]:
    """The most frequent non-empty values, each with its count."""
    return Counter(value for value in values if value).most_common(most)


def hints(failures: Sequence[Failure]) -> list[str]:
    """What to check first, in sentences; empty if the attempts suggest nothing."""
    people = {each.login for each in failures}
    found = [_of_network(failures, len(people)), _of_device(failures)]
    if any(each.reason == LOCKED for each in failures):
        found.append("An account is locked: unlock it first, a new password alone does not help.")
    if len(people) == 1 and len({each.place for each in failures if each.place}) > 1:
        found.append("The attempts come from several places: ask the agent whether all were theirs.")
    return [hint for hint in found if hint]


def _of_network(failures: Sequence[Failure], people: int) -> str:
    """A hint that most of the people who fail share one address."""
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
    """A hint that wrong passwords come faster than people type."""
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
