"""Similar cases in generated logs of different desks: how many labelled bursts raise an alert, and how often.

`python -m bench.bursts [SEEDS]` prints a line for each desk: bursts found, alerts a day, share of correct alerts.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from time import process_time

from bot.cases.rules.alerting import Alerting
from bot.cases.rules.bursts import Candidate, Scanner, Sighting

MINUTE_S, HOUR_S, DAY_S = 60.0, 3_600.0, 86_400.0
BURSTS = 9
# An alert with this many cases of a burst counts as being about it.
TELLING = 3


@dataclass(frozen=True)
class Desk:
    """The properties of a desk's cases: how many come, what they are about, and which fields are filled in.

    `traits` gives the number of values of each field; `missing` is the share of empty fields, `noise` the share of
    a burst's cases filed under something else, `has_text` the share of cases with text.
    """

    name: str
    a_day: int
    traits: Mapping[str, int]
    days: int = 28
    missing: float = 0.1
    noise: float = 0.25
    has_text: float = 0.0
    weekend: float = 0.2
    peaks: Sequence[tuple[float, float]] = ((10.0, 1.5), (15.0, 2.0))
    sizes: tuple[int, int] = (6, 18)
    minutes: tuple[int, int] = (15, 150)
    customers: int = 3_000
    # The number of unlabelled surges a day: a batch of requests, a room that moves.
    surges_a_day: float = 0.5


FINE = {"category": 60, "subcategory": 250, "symptom": 500, "site": 220}
DESKS = (
    Desk("fine categories, no text", 400, FINE, missing=0.2, noise=0.35),
    Desk("fine categories, half empty", 250, FINE, missing=0.5),
    Desk("few categories, no text", 120, {"category": 6, "site": 4}, weekend=0.6),
    Desk("products around the clock", 200, {"product": 25, "symptom": 40}, weekend=1.0, peaks=((12.0, 6.0),)),
    Desk("small, with text", 30, {"category": 12}, has_text=1.0, sizes=(5, 10), customers=300),
    Desk("text in half of them", 150, {"category": 20, "site": 12}, has_text=0.5, missing=0.4),
    Desk("text alone", 150, {}, has_text=1.0),
    Desk("short and sharp", 300, FINE, sizes=(5, 8), minutes=(5, 20)),
    Desk("long and slow", 150, FINE | {"category": 20, "site": 30}, sizes=(15, 40), minutes=(120, 360)),
)
ACTS = (
    *("cannot open", "cannot log in to", "slow", "error in", "no sound in", "crash of", "timeout in", "access to"),
    *("missing data in", "printing from", "licence for", "wrong balance in", "blank screen in", "update of"),
)
ENDS = ("since this morning", "please help", "for several agents", "after the update", "again", "at our site", "")

Topic = dict[str, str]


class Log:
    """A generated log of a desk: its sightings in order, and the burst to which each belongs."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self._desk, self._dice = desk, random.Random(f"{desk.name} {seed}")
        self._weights = {
            name: list(accumulate(1 / (place + 3) for place in range(count))) for name, count in desk.traits.items()
        }
        self._systems = [f"{self._word()} {self._word()}" for _ in range(60)]
        self._system_weights = list(accumulate(1 / (place + 5) for place in range(60)))
        made = [*self._usual(), *self._surges(), *self._bursts()]
        made.sort(key=lambda each: each[0])
        self.sightings = [self._sighting(number, at, topic) for number, (at, topic, _) in enumerate(made)]
        self.labels = [label for _, _, label in made]

    def _word(self) -> str:
        return "".join(self._dice.choices("abcdefghiklmnoprstuvz", k=self._dice.randint(4, 9)))

    def _topic(self) -> Topic:
        topic: Topic = {}
        for name, weights in self._weights.items():
            place = self._dice.choices(range(len(weights)), cum_weights=weights)[0]
            topic[name] = f"{name} {place}"
        if "category" in topic and "subcategory" in topic:
            # A subcategory lies within its category, a symptom usually within both.
            within = topic["category"].split()[1]
            topic["subcategory"] = f"sub {within}.{min(self._dice.randint(0, 5), self._dice.randint(0, 5))}"
        topic["act"] = self._dice.choice(ACTS)
        topic["system"] = self._dice.choices(self._systems, cum_weights=self._system_weights)[0]
        return topic

    def _moment(self, day: int) -> float:
        """A moment of a working day: around one of its peaks, occasionally at any hour."""
        if self._dice.random() < 0.08:
            return (day + self._dice.random()) * DAY_S
        centre, width = self._dice.choice(self._desk.peaks)
        return (day + min(0.999, max(0.0, self._dice.gauss(centre, width) / 24))) * DAY_S

    def _usual(self) -> Iterator[tuple[float, Topic, int | None]]:
        for day in range(self._desk.days):
            level = self._desk.a_day * (self._desk.weekend if day % 7 > 4 else 1.0)
            # No two days are alike, and the topics vary from day to day.
            for _ in range(int(self._dice.gammavariate(25, level / 25))):
                yield self._moment(day), self._topic(), None

    def _surges(self) -> Iterator[tuple[float, Topic, int | None]]:
        """Small, unlabelled waves that are no incident."""
        for _ in range(int(self._desk.surges_a_day * self._desk.days)):
            start, topic = self._moment(self._dice.randrange(self._desk.days)), self._topic()
            for _ in range(self._dice.randint(3, 5)):
                yield start + self._dice.uniform(0, 60) * MINUTE_S, topic, None

    def _bursts(self) -> Iterator[tuple[float, Topic, int | None]]:
        for label in range(BURSTS):
            day = self._dice.choice([day for day in range(2, self._desk.days) if day % 7 < 5])
            start = day * DAY_S + self._dice.uniform(8, 17) * HOUR_S
            topic, length = self._topic(), self._dice.uniform(*self._desk.minutes) * MINUTE_S
            for _ in range(self._dice.randint(*self._desk.sizes)):
                # Most come at the beginning.
                yield start + length * self._dice.random() ** 1.7, self._of_burst(topic), label

    def _of_burst(self, topic: Topic) -> Topic:
        other = self._topic()
        return {name: other[name] if self._dice.random() < self._desk.noise else topic[name] for name in topic} | {
            "system": topic["system"]
        }

    def _sighting(self, number: int, at: float, topic: Topic) -> Sighting:
        desk, dice = self._desk, self._dice
        traits = {name: topic[name] for name in desk.traits if dice.random() >= desk.missing}
        customer = f"customer {int(dice.paretovariate(0.6)) % desk.customers}"
        if dice.random() < 0.7:
            customer = f"customer {dice.randrange(desk.customers)}"
        return Sighting(number, at, customer, traits, self._title(topic))

    def _title(self, topic: Topic) -> str:
        if self._dice.random() >= self._desk.has_text:
            return ""
        act, system, end = topic["act"], topic["system"], self._dice.choice(ENDS)
        return f"{system}: {act} {end}" if self._dice.random() < 0.3 else f"{act} {system} {end}"


@dataclass(frozen=True)
class Outcome:
    """The alerts that a log raised."""

    found: int
    alerts: int
    right: int
    most_in_a_day: int
    cases: int
    cpu_s: float


def outcome(desk: Desk, log: Log) -> Outcome:
    """Replay every case in order, as the bot would see it."""
    began, found, days = process_time(), set[int](), Counter[int]()
    alerts = right = 0
    for candidate in _alerts(log):
        alerts += 1
        days[int(candidate.at // DAY_S)] += 1
        theirs = Counter(label for number in candidate.cases if (label := log.labels[number]) is not None)
        hit = {label for label, count in theirs.items() if count >= TELLING}
        right += bool(hit)
        found |= hit
    cpu_s = process_time() - began
    return Outcome(len(found), alerts, right, max(days.values(), default=0), len(log.sightings), cpu_s)


def _alerts(log: Log) -> Iterator[Candidate]:
    scanner, alerting = Scanner(), Alerting()
    for sighting in log.sightings:
        alerting.begin(sighting.at)
        candidate = scanner.see(sighting)
        decision = alerting.decide(candidate)
        if candidate and decision and decision.alerts:
            yield candidate


def main(seeds: int) -> None:
    """Print a line for each kind of desk."""
    for desk in DESKS:
        outcomes = [outcome(desk, Log(desk, seed)) for seed in range(seeds)]
        found = [each.found for each in outcomes]
        alerts = sum(each.alerts for each in outcomes)
        a_day = alerts / (desk.days * seeds)
        right = sum(each.right for each in outcomes) / max(1, alerts)
        cpu_ms = 1_000 * sum(each.cpu_s for each in outcomes) / sum(each.cases for each in outcomes)
        sys.stdout.write(
            f"{desk.name:28} found {min(found)}–{max(found)} of {BURSTS}, mean {sum(found) / seeds:.1f} · "
            f"{a_day:.2f} alerts a day, at most {max(each.most_in_a_day for each in outcomes)} · "
            f"{right:.0%} right · {cpu_ms:.1f} ms CPU a case\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
