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
    people = {failure.login for failure in failures}
    hint_texts = [_network_hint(failures, len(people)), _device_hint(failures)]
    if any(failure.reason == LOCKED for failure in failures):
        hint_texts.append("An account is locked: unlock it first, a new password alone does not help.")
    if len(people) == 1 and len({failure.place for failure in failures if failure.place}) > 1:
        hint_texts.append("The attempts come from several places: ask the agent whether all were theirs.")
    return [hint for hint in hint_texts if hint]


def _network_hint(failures: Sequence[Failure], people: int) -> str:
    """A hint that most of the people who fail share one address."""
    logins_by_address: dict[str, set[str]] = {}
    for failure in failures:
        if failure.address:
            logins_by_address.setdefault(failure.address, set()).add(failure.login)
    if people < LEAST_PEOPLE or not logins_by_address:
        return ""
    address, logins = max(logins_by_address.items(), key=lambda entry: len(entry[1]))
    if len(logins) < SHARE * people:
        return ""
    return (
        f"{len(logins)} of {people} people come from one network ({address}): look at that site's connection, "
        "proxy and clock before anybody's password."
    )


def _device_hint(failures: Sequence[Failure]) -> str:
    """A hint that wrong passwords come faster than people type."""
    times_by_device: dict[tuple[str, str], list[datetime]] = {}
    for failure in failures:
        if failure.reason == WRONG_PASSWORD:
            times_by_device.setdefault((failure.login, failure.client), []).append(failure.at)
    for (_, client), times in times_by_device.items():
        times.sort()
        pairs = zip(times, times[TRIES - 1 :], strict=False)
        if any(last - first <= TRIES_WITHIN for first, last in pairs):
            device = f" ({client})" if client else ""
            return f"Wrong passwords come faster than people type: a device{device} tries one that it has kept."
    return ""
