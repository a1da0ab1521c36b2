"""Locked-out agents: what unlocks them, how many make an incident, and why sign-ins fail. Pure."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.errors import WatchfloorError

WINDOW = timedelta(minutes=6)
LEAST = 6
# A source may be read late, and people report later still; what is older is history.
LATEST = timedelta(hours=1)
# After this time without a lockout, a proposal that nobody decided has ended.
LAPSES_AFTER = timedelta(hours=1)
# The sources of what people type and drop: nobody can be asked to unlock these accounts.
MANUAL = ("form", "file")
# A burst this large occurs by chance in at most one in a thousand six-minute windows.
CHANCE = 0.001
# Days over which the usual number is counted; a partner without a history is assumed to be quiet.
USUAL_DAYS = 28
LEAST_USUAL = 0.02
# Lockouts cluster: their variance is mean + mean², far more than chance alone.
SIZE = 1.0
MOST_LOGINS = 200
# One person may not request more unlocks and resets than this within this time without a second person.
MOST_ASKED, ASKED_WITHIN = 10, timedelta(minutes=10)
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


class Release(StrEnum):
    """What ends a lockout."""

    ITSELF = "itself"
    ADMINISTRATOR = "administrator"
    DIRECTORY = "directory"


class AccountAction(StrEnum):
    """Requests to the source of an account."""

    UNLOCK = "unlock"
    RESET = "reset"


TITLES = {
    Release.ITSELF: "unlocks itself",
    Release.ADMINISTRATOR: "needs an administrator",
    Release.DIRECTORY: "is unlocked in its directory, not here",
}


class LoginsMissing(WatchfloorError):
    """Type at least one login, each on a line of its own."""


class NotALogin(WatchfloorError):
    """Line {line} is no login, which has neither spaces nor a link in it. Type one login a line, and never a
    password, a link or a code."""


class TooManyLogins(WatchfloorError):
    """That is {count} logins; at most {most} can be typed at once. Drop a CSV of the rest into the bot's direct
    messages."""


class NotLocked(WatchfloorError):
    """{login} is not locked out any more."""


class DirectorySourced(WatchfloorError):
    """{login} comes from a directory and has to be unlocked there."""


class NoUnlocking(WatchfloorError):
    """No source that can unlock {login} is configured. Unlock it in your directory, then press *Done*. `sources:`
    in `floor.yaml` names an Okta source."""


class NoResetting(WatchfloorError):
    """No source that can mail {login} a password reset is configured. Start it in your directory. `sources:`
    in `floor.yaml` names an Okta source."""


class SecondPersonNeeded(WatchfloorError):
    """You have asked for {count} accounts within ten minutes, so somebody else has to do it for {login}.
    *Several at once* takes more than ten, and asks for a second person."""


class NotTheSamePerson(WatchfloorError):
    """You have asked for it yourself, so somebody else has to approve it."""


def check_asked(request_count: int, login: str) -> None:
    """Raise `SecondPersonNeeded` if a person has reached the number of accounts allowed within ten minutes."""
    if needs_second_person(request_count, 1):
        raise SecondPersonNeeded(count=request_count, login=login)


def needs_second_person(request_count: int, new_count: int) -> bool:
    """True if after `request_count` accounts within ten minutes a person may not request `new_count` alone."""
    return request_count + new_count > MOST_ASKED


def check_approver(asked_by: str, by: str) -> None:
    """Raise `NotTheSamePerson` if the approver is the requester."""
    if asked_by == by:
        raise NotTheSamePerson()


def usual_in_window(lockout_count: int, days: int = USUAL_DAYS) -> float:
    """The usual number of lockouts in a window, from the number seen in the preceding `days`."""
    windows = timedelta(days=days) / WINDOW
    return max(LEAST_USUAL, lockout_count / windows)


def is_burst(count: int, usual: float) -> bool:
    """True if `count` lockouts at a partner within six minutes are an incident when `usual` (more than 0) are
    expected: at least six, and so many that chance alone produces them in at most one of a thousand windows."""
    return count >= LEAST and negative_binomial_tail(count, usual) <= CHANCE


def burst_since(lockouts: Sequence[tuple[datetime, str]], usual: float) -> datetime | None:
    """The first lockout of the first burst among these, in order of time, with their logins; None without one.

    The window ends at each lockout in turn, not at the present: lockouts that are read late are as close together.
    """
    first = 0
    for last, (at, _) in enumerate(lockouts):
        while lockouts[first][0] <= at - WINDOW:
            first += 1
        if is_burst(len({login.casefold() for _, login in lockouts[first : last + 1]}), usual):
            return lockouts[first][0]
    return None


def negative_binomial_tail(count: int, mean: float, size: float = SIZE) -> float:
    """P(X ≥ count) of a negative binomial with this mean and variance mean + mean²/size."""
    success = size / (size + mean)
    below = 0.0
    for k in range(count):
        below += math.exp(
            math.lgamma(size + k)
            - math.lgamma(size)
            - math.lgamma(k + 1)
            + size * math.log(success)
            + k * math.log1p(-success)
        )
    return max(0.0, 1.0 - below)


def read_logins(typed: str) -> list[str]:
    """The typed logins, without duplicates. Raises `NotALogin` for what may be a password or a link."""
    logins: dict[str, None] = {}
    for number, line in enumerate(typed.split("\n"), 1):
        parts = [part.strip() for part in line.replace(";", ",").split(",")]
        if any(len(part.split()) > 1 or "://" in part for part in parts):
            raise NotALogin(line=number)
        logins |= dict.fromkeys(part[:100] for part in parts if part)
    if not logins:
        raise LoginsMissing()
    if len(logins) > MOST_LOGINS:
        raise TooManyLogins(count=len(logins), most=MOST_LOGINS)
    return list(logins)


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
