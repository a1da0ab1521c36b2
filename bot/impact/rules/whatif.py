"""What would change with fewer agents, longer contacts, more contacts or an outage; and the possible remedies."""

import re
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from bot.errors import WatchfloorError, require
from bot.impact.rules.erlang import MOST_AGENTS, Load, Unstable, Waiting, erlang_a, erlang_c, required_a, required_c
from bot.impact.rules.figures import ServiceLevel
from bot.incidents.rules import ungrouped

LARGEST = 1_000_000.0
LONGEST_OUTAGE_MIN = 24 * 60


class UnknownLever(WatchfloorError):
    """`{given}` is not a change I can compute. Write `agents -6`, `aht +25%`, `volume x1.4` or `outage 45 min`,
    or several of them."""


class LeverImpossible(WatchfloorError):
    """With `{given}` there would be {result}. Please choose a smaller change."""


class Lever(Struct, frozen=True):
    """One change: of `agents`, `aht` (seconds), `volume` (contacts) or an `outage` (minutes)."""

    name: str
    # Which of the three is used depends on the notation: `x1.4` or `+25%`, `-6`, `92`.
    factor: float = 1.0
    added: float = 0.0
    absolute: float | None = None

    def of(self, amount: float) -> float:
        """The amount after the change."""
        return self.absolute if self.absolute is not None else amount * self.factor + self.added


_NUMBER = r"\d{1,7}(?:[.,]\d{1,4})?"
_LEVER_NAMES = "agents?|aht|handle time|volume|calls|contacts|outage"
_LEVER = re.compile(
    rf"(?P<name>{_LEVER_NAMES})\s*"
    rf"(?P<sign>[x×*+\-−–]?)\s*(?P<number>{_NUMBER})\s*(?P<unit>%|s|sec|seconds|min|minutes|h)?",
    re.IGNORECASE,
)
# Users separate changes by a comma, a word, or nothing.
_SEPARATOR = re.compile(rf"[;\n]|,\s|\sand\s|\s+(?=(?:{_LEVER_NAMES})\b)", re.IGNORECASE)
_FIRST_CHANGE = re.compile(rf"\b(?:{_LEVER_NAMES})\s*[x×*+\-−–]?\s*\d", re.IGNORECASE)
_NAMES = {"agent": "agents", "handle time": "aht", "calls": "volume", "contacts": "volume"}
FACTORS = ("x", "×", "*")
_SECONDS = {"s": 1.0, "sec": 1.0, "seconds": 1.0, "min": 60.0, "minutes": 60.0, "h": 3600.0}


def split_queue(typed: str) -> tuple[str, str]:
    """`Billing: agents -6`, or without the colon, as the queue and the changes; no queue if none is named."""
    queue, colon, changes = typed.partition(":")
    if colon:
        return queue.strip(), changes
    first_change = _FIRST_CHANGE.search(typed)
    at = first_change.start() if first_change else 0
    return typed[:at].strip(" ,;"), typed[at:]


def read_levers(typed: str) -> list[Lever]:
    """`agents -6, aht +25%` as levers; `UnknownLever` names the part that is not understood."""
    levers = [read_lever(part) for part in _SEPARATOR.split(typed) if part.strip()]
    if not levers:
        raise UnknownLever(given=typed.strip()[:60] or "nothing")
    return levers


def read_lever(typed: str) -> Lever:
    """`agents -6`, `agents 92`, `aht +25%`, `aht 400 s`, `volume x1.4`, `outage 45 min` as a lever."""
    match = require(_LEVER.fullmatch(typed.strip()), UnknownLever, given=typed.strip()[:60])
    name = _NAMES.get(match["name"].lower(), match["name"].lower())
    sign, unit = match["sign"], (match["unit"] or "").lower()
    number = _number(match["number"], is_amount=name in ("agents", "volume") and not unit and sign not in FACTORS)
    if name == "outage":
        return _outage(number, sign, unit, typed)
    if unit == "%":
        share = number / 100
        return Lever(name, factor=1 - share if sign in "-−–" and sign else 1 + share if sign == "+" else share)
    if unit and name != "aht":
        raise UnknownLever(given=typed.strip()[:60])
    if sign in FACTORS:
        return Lever(name, factor=number)
    amount = number * _SECONDS.get(unit, 1.0)
    if sign:
        return Lever(name, added=amount if sign == "+" else -amount)
    return Lever(name, absolute=amount)


def _number(typed: str, *, is_amount: bool) -> float:
    """`1,204` is a number of agents or contacts, but a factor, a share or a time with decimals."""
    return float((ungrouped(typed) if is_amount else typed).replace(",", "."))


def _outage(number: float, sign: str, unit: str, typed: str) -> Lever:
    if sign or unit == "%" or not number:
        raise UnknownLever(given=typed.strip()[:60])
    minutes = number * _SECONDS.get(unit or "min", 60.0) / 60
    if minutes > LONGEST_OUTAGE_MIN:
        raise LeverImpossible(given=typed.strip()[:60], result="an outage of more than a day")
    return Lever("outage", absolute=minutes)


def outage_minutes(levers: Iterable[Lever]) -> float:
    """The minutes during which no agent can answer; 0 without an outage."""
    return sum(lever.absolute or 0.0 for lever in levers if lever.name == "outage")


def changed(load: Load, levers: Iterable[Lever], interval_s: float) -> Load:
    """The load after every change except an outage. Raises `LeverImpossible` if the result would be impossible.

    Added contacts, as in `volume +40`, are per interval.
    """
    for lever in levers:
        if lever.name == "agents":
            agents = round(lever.of(load.agents))
            if not 0 <= agents <= MOST_AGENTS:
                raise LeverImpossible(given=_lever_text(lever), result=f"{agents} agents")
            load = replace(load, agents=agents)
        elif lever.name == "aht":
            load = replace(load, aht_s=_checked_amount(lever, lever.of(load.aht_s), "a handle time of {:.0f} s"))
        elif lever.name == "volume":
            contacts = _checked_amount(lever, lever.of(load.arrivals_per_s * interval_s), "{:.0f} contacts")
            load = replace(load, arrivals_per_s=contacts / interval_s)
    return load


def _checked_amount(lever: Lever, amount: float, phrase: str) -> float:
    if not 0 < amount <= LARGEST:
        raise LeverImpossible(given=_lever_text(lever), result=phrase.format(amount))
    return amount


def _lever_text(lever: Lever) -> str:
    if lever.absolute is not None:
        return f"{lever.name} {_plain(lever.absolute)}"
    if lever.factor != 1:
        return f"{lever.name} x{_plain(lever.factor)}"
    return f"{lever.name} {'+' if lever.added >= 0 else ''}{_plain(lever.added)}"


def _plain(amount: float) -> str:
    return f"{amount:.0f}" if amount.is_integer() else f"{amount:g}"


class Answer(Struct, frozen=True):
    """A queue's results by both models. `required_*` is the fewest agents that reach the target, if any do."""

    load: Load
    patient: Waiting | Unstable
    impatient: Waiting
    required_c: int | None
    required_a: int | None


def answer(load: Load, target: float, formula: ServiceLevel) -> Answer:
    """Apply Erlang C and Erlang A to a queue; `target` is a share of 1."""
    return Answer(load, erlang_c(load), erlang_a(load), required_c(load, target), required_a(load, target, formula))


# About as many are on breaks or off the phone, for each that is staffed; contacts can hardly be shortened by more.
MOST_OFF_PHONE, MOST_SHORTER = 0.3, 0.3


class Remedy(Struct, frozen=True):
    """One way back to the target, by Erlang A: more agents, or handle time or contacts reduced by a share."""

    name: str
    agents: int = 0
    share: float = 0.0


def remedies(result: Answer, target: float, formula: ServiceLevel) -> list[Remedy]:
    """The ways back to the target, cheapest first; none if it is reached.

    The order is the one planners use: breaks and off-phone work, then agents from other queues, then shorter
    contacts, then overtime, then overflow or a message to customers. What no floor can do is left out.
    """
    load = result.load
    missing = (result.required_a or 0) - load.agents
    if missing <= 0:
        return []
    ways = [Remedy("flex", missing)]
    if missing <= MOST_OFF_PHONE * load.agents:
        ways.insert(0, Remedy("off-phone", missing))
    share = _least_cut(load, target, formula, "aht_s")
    if 0 < share <= MOST_SHORTER:
        ways.append(Remedy("aht", share=share))
    ways.append(Remedy("overtime", missing))
    if share := _least_cut(load, target, formula, "arrivals_per_s"):
        ways += [Remedy("overflow", share=share), Remedy("message", share=share)]
    return ways


def _least_cut(load: Load, target: float, formula: ServiceLevel, name: str) -> float:
    """The smallest share by which an amount must fall, in whole per cent; 0 if 90 % is not enough."""
    low, high = 0, 90
    amount = getattr(load, name)

    def is_enough(percent: int) -> bool:
        lighter = replace(load, **{name: amount * (1 - percent / 100)})
        return erlang_a(lighter).service_level(formula) >= target

    if load.agents <= 0 or not is_enough(high):
        return 0.0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high / 100
