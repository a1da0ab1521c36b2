"""Finds cases that are one incident: many like ones, for several customers, in a short time.

Each new case is compared with the cases of the last minutes and hours that share something with it: a trait,
two traits, or words. Whatever is most surprising of these is the candidate; `alerting` decides whether people
hear of it.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations

from msgspec import Struct, field
from msgspec.structs import replace

from bot.cases.rules.counting import DAY_S, Counts, Occurrences
from bot.cases.rules.similar_text import TextIndex, grams
from bot.cases.rules.surprise import Surprise, share, surprise

WINDOWS_S = (15 * 60, 30 * 60, 60 * 60, 120 * 60, 240 * 60)
LEAST_CUSTOMERS = 3
# What words have in common is found in the very cases that are counted: of many new cases, three or four share some
# rare word by chance.
LEAST_CUSTOMERS_OF_WORDS = 5
# Before so many cases are known, nobody can say what is usual.
LEAST_HISTORY = 30
# What is about one thing has its own hours of the day: they are known after some days.
DAYS_FOR_SINGLE_TRAITS = 3
# Where a site's day begins, many things are reported there at once: a site alone is no subject.
PLACES = frozenset({"site", "region"})
# A subcategory lies within its category: the two together say no more than one.
NESTED = frozenset({"category", "subcategory", "product"})
# How alike words are to count, as the cosine: the more alike, the rarer they usually are.
ALIKE = (0.35, 0.45, 0.6)
# Where cases have words, traits alone say little: it must be so much less likely (as -log10).
WITHOUT_WORDS = 6.0

# What cases have in common: traits with their values; or nothing, when it is words.
Key = tuple[tuple[str, str], ...]


class Sighting(Struct, frozen=True):
    """A new case as the scanner sees it. `at` is in seconds since 1970."""

    number: int
    at: float
    customer: str
    traits: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    text: str = ""


class Candidate(Struct, frozen=True):
    """Similar cases within a window. `cases` are their numbers, the newest first; `score` is -log10 of its
    chance."""

    at: float
    key: Key
    cases: tuple[int, ...]
    customers: int
    first_at: float
    window_s: int
    score: float
    expected: float

    @property
    def is_text(self) -> bool:
        """Are they alike by their words?"""
        return not self.key


class Scanner:
    """Remembers four weeks of cases by what they have in common, and the words of the last ten thousand or more."""

    def __init__(self) -> None:
        self._all = Occurrences()
        self._by_key: dict[Key, Occurrences] = defaultdict(Occurrences)
        self._texts = TextIndex()
        self._text_cases = Occurrences()
        self._of_case: dict[int, tuple[float, int, str]] = {}

    def add(self, sighting: Sighting) -> None:
        """Remember a case without asking what it means."""
        self._remember(sighting, grams(sighting.title, sighting.text))

    def see(self, sighting: Sighting) -> Candidate | None:
        """Remember a case, and give back the most surprising group that it belongs to."""
        document = grams(sighting.title, sighting.text)
        alike = self._texts.alike(document, ALIKE[0])
        self._remember(sighting, document)
        by_traits = (
            replace(each, score=each.score - (WITHOUT_WORDS if document else 0.0))
            for each in self._by_traits(sighting)
        )
        candidates = [*by_traits, *self._by_words(sighting, alike)]
        return max(candidates, key=lambda each: (each.score, len(each.cases)), default=None)

    def _remember(self, sighting: Sighting, document: dict[str, float]) -> None:
        at, number, customer = sighting.at, sighting.number, sighting.customer
        self._all.add(at, number, customer)
        for key in keys(sighting.traits):
            self._by_key[key].add(at, number, customer)
        if document:
            self._texts.add(number, document)
            self._text_cases.add(at, number, customer)
            self._of_case[number] = (at, number, customer)

    def _by_traits(self, sighting: Sighting) -> Iterator[Candidate]:
        now = sighting.at
        days = (now - self._all.seen[0][0]) / DAY_S
        for window_s in WINDOWS_S:
            all_cases = self._all.counts(self._all.since(now - window_s, now), now)
            if all_cases.before < LEAST_HISTORY:
                continue
            for key in keys(sighting.traits):
                if len(key) == 1 and (key[0][0] in PLACES or days < DAYS_FOR_SINGLE_TRAITS):
                    continue
                members = self._by_key[key].since(now - window_s, now)
                if len({customer for _, _, customer in members}) < LEAST_CUSTOMERS:
                    continue
                counts = self._by_key[key].counts(members, now)
                surprising = surprise(counts, self._expected(key, counts, all_cases, now, window_s))
                yield _candidate(key, members, now, window_s, surprising)

    def _expected(self, key: Key, counts: Counts, all_cases: Counts, now: float, window_s: int) -> float:
        """From the volume of the window; of two traits also from the volume of each of them: where a subject is up
        everywhere, or everything is up at a site, the two together are no news."""
        if len(key) == 1:
            return share(counts, all_cases, 1 / (1 + all_cases.before)) * all_cases.within
        first, second = (self._single(part, now, window_s) for part in key)
        shares = [share(each, all_cases, 1 / (1 + all_cases.before)) for each in (first, second)]
        usual = share(counts, all_cases, _share_of_two(key, *shares)) * all_cases.within
        others = [each.within - counts.within + 1 for each in (first, second)]
        return max(usual, others[0] * shares[1], others[1] * shares[0])

    def _single(self, part: tuple[str, str], now: float, window_s: int) -> Counts:
        seen = self._by_key[(part,)]
        return seen.counts(seen.since(now - window_s, now), now)

    def _by_words(self, sighting: Sighting, alike: list[tuple[int, float]]) -> Iterator[Candidate]:
        mine = (sighting.at, sighting.number, sighting.customer)
        for least in ALIKE:
            entries = sorted([self._of_case[number] for number, cosine in alike if cosine >= least] + [mine])
            if len(entries) < LEAST_CUSTOMERS_OF_WORDS:
                return
            seen = Occurrences()
            for entry in entries:
                seen.add(*entry)
            yield from self._text_windows(seen, sighting.at)

    def _text_windows(self, seen: Occurrences, now: float) -> Iterator[Candidate]:
        for window_s in WINDOWS_S:
            members = seen.since(now - window_s, now)
            if len({customer for _, _, customer in members}) < LEAST_CUSTOMERS_OF_WORDS:
                continue
            all_cases = self._text_cases.counts(self._text_cases.since(now - window_s, now), now)
            if all_cases.before < LEAST_HISTORY:
                continue
            counts = seen.counts(members, now)
            expected = share(counts, all_cases, 1 / (1 + all_cases.before)) * all_cases.within
            yield _candidate((), members, now, window_s, surprise(counts, expected))


def _share_of_two(key: Key, first: float, second: float) -> float:
    """How often two traits come together, before it was seen: a site and a subject by chance; of two subjects one
    often implies the other, so that it lies between that and the rarer of the two."""
    if key[0][0] in PLACES or key[1][0] in PLACES:
        return first * second
    return math.sqrt(first * second * min(first, second))


def keys(traits: Mapping[str, str]) -> list[Key]:
    """Every trait, and every two that say more together."""
    known = sorted((name, value) for name, value in traits.items() if value)
    pairs = [pair for pair in combinations(known, 2) if not {pair[0][0], pair[1][0]} <= NESTED]
    return [*((each,) for each in known), *(pair for pair in pairs if not {pair[0][0], pair[1][0]} <= PLACES)]


def _candidate(
    key: Key, members: list[tuple[float, int, str]], now: float, window_s: int, surprising: Surprise
) -> Candidate:
    return Candidate(
        at=now,
        key=key,
        cases=tuple(number for _, number, _ in members),
        customers=len({customer for _, _, customer in members}),
        first_at=members[-1][0],
        window_s=window_s,
        score=surprising.score,
        expected=surprising.expected,
    )
