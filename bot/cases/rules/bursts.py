"""Finds cases that may be one incident: many similar ones, from several customers, in a short time.

Each new case is compared with the cases of the last minutes and hours that share something with it: a trait,
two traits, or words. The most surprising group is the candidate; `alerting` decides whether to raise an alert.
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
# Shared words are picked from the very cases that are counted: among many new cases, three or four share some rare
# word by chance.
LEAST_CUSTOMERS_OF_WORDS = 5
# With fewer earlier cases than this, there is no telling what is usual.
LEAST_HISTORY = 30
# A single subject has its own daily pattern, which takes some days to learn.
DAYS_FOR_SINGLE_TRAITS = 3
# When a site's day begins, many things are reported there at once, so a site alone is not a subject.
PLACES = frozenset({"site", "region"})
# A subcategory lies within its category, so the two together say no more than one.
NESTED = frozenset({"category", "subcategory", "product"})
# Thresholds of cosine similarity between texts: the higher, the rarer such texts usually are.
ALIKE = (0.35, 0.45, 0.6)
# If cases have words, traits alone say little: the chance must be lower by this much (as -log10).
WITHOUT_WORDS = 6.0

# What cases have in common: traits with their values, or empty if it is words.
Key = tuple[tuple[str, str], ...]


class Sighting(Struct, frozen=True):
    """A new case as the scanner sees it. `at` is in seconds since 1970."""

    number: int
    at: float
    customer: str
    traits: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    text: str = ""


def customer_of(customer: str, case_id: str) -> str:
    """The customer of a case; one whose customer is unknown counts as a customer of its own."""
    return customer or case_id


class Candidate(Struct, frozen=True):
    """Similar cases within a window. `cases` are their numbers, newest first; `score` is -log10 of the probability
    that so many come by chance."""

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
        """True if the cases are similar by their words."""
        return not self.key


class Scanner:
    """Indexes four weeks of cases by their traits, and the words of at least the last ten thousand cases."""

    def __init__(self) -> None:
        self._all = Occurrences()
        self._by_key: dict[Key, Occurrences] = defaultdict(Occurrences)
        self._texts = TextIndex()
        self._text_cases = Occurrences()
        self._entries_by_case: dict[int, tuple[float, int, str]] = {}

    def add(self, sighting: Sighting) -> None:
        """Index a case without looking for a group."""
        self._remember(sighting, grams(sighting.title, sighting.text))

    def see(self, sighting: Sighting) -> Candidate | None:
        """Index a case and return the most surprising group that it belongs to."""
        document = grams(sighting.title, sighting.text)
        similar_cases = self._texts.alike(document, ALIKE[0])
        self._remember(sighting, document)
        by_traits = (
            replace(candidate, score=candidate.score - (WITHOUT_WORDS if document else 0.0))
            for candidate in self._candidates_by_traits(sighting)
        )
        candidates = [*by_traits, *self._candidates_by_words(sighting, similar_cases)]
        return max(candidates, key=lambda candidate: (candidate.score, len(candidate.cases)), default=None)

    def _remember(self, sighting: Sighting, document: dict[str, float]) -> None:
        at, number, customer = sighting.at, sighting.number, sighting.customer
        self._all.add(at, number, customer)
        for key in keys(sighting.traits):
            self._by_key[key].add(at, number, customer)
        if document:
            self._texts.add(number, document)
            self._text_cases.add(at, number, customer)
            self._entries_by_case[number] = (at, number, customer)

    def _candidates_by_traits(self, sighting: Sighting) -> Iterator[Candidate]:
        now = sighting.at
        days = (now - self._all.entries[0][0]) / DAY_S
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
        """The expected count, from the volume of the window and, for two traits, also from the volume of each: if a
        subject is up everywhere, or everything is up at a site, the combination is not a surprise."""
        if len(key) == 1:
            return share(counts, all_cases, 1 / (1 + all_cases.before)) * all_cases.within
        first, second = (self._counts_of_trait(part, now, window_s) for part in key)
        shares = [share(each, all_cases, 1 / (1 + all_cases.before)) for each in (first, second)]
        usual_count = share(counts, all_cases, _share_of_two(key, *shares)) * all_cases.within
        counts_without_pair = [each.within - counts.within + 1 for each in (first, second)]
        return max(usual_count, counts_without_pair[0] * shares[1], counts_without_pair[1] * shares[0])

    def _counts_of_trait(self, part: tuple[str, str], now: float, window_s: int) -> Counts:
        occurrences = self._by_key[(part,)]
        return occurrences.counts(occurrences.since(now - window_s, now), now)

    def _candidates_by_words(
        self, sighting: Sighting, similar_cases: list[tuple[int, float]]
    ) -> Iterator[Candidate]:
        new_entry = (sighting.at, sighting.number, sighting.customer)
        for least_similarity in ALIKE:
            entries = sorted(
                [self._entries_by_case[number] for number, cosine in similar_cases if cosine >= least_similarity]
                + [new_entry]
            )
            if len(entries) < LEAST_CUSTOMERS_OF_WORDS:
                return
            occurrences = Occurrences()
            for entry in entries:
                occurrences.add(*entry)
            yield from self._candidates_by_window(occurrences, sighting.at)

    def _candidates_by_window(self, occurrences: Occurrences, now: float) -> Iterator[Candidate]:
        for window_s in WINDOWS_S:
            members = occurrences.since(now - window_s, now)
            if len({customer for _, _, customer in members}) < LEAST_CUSTOMERS_OF_WORDS:
                continue
            all_cases = self._text_cases.counts(self._text_cases.since(now - window_s, now), now)
            if all_cases.before < LEAST_HISTORY:
                continue
            counts = occurrences.counts(members, now)
            expected = share(counts, all_cases, 1 / (1 + all_cases.before)) * all_cases.within
            yield _candidate((), members, now, window_s, surprise(counts, expected))


def _share_of_two(key: Key, first: float, second: float) -> float:
    """The prior share of cases with both traits. A site and a subject are independent. Of two subjects one often
    implies the other, so their share lies between that of chance and that of the rarer one."""
    if key[0][0] in PLACES or key[1][0] in PLACES:
        return first * second
    return math.sqrt(first * second * min(first, second))


def keys(traits: Mapping[str, str]) -> list[Key]:
    """Every trait, and every pair of traits that says more than one alone."""
    present_traits = sorted((name, value) for name, value in traits.items() if value)
    pairs = [pair for pair in combinations(present_traits, 2) if not {pair[0][0], pair[1][0]} <= NESTED]
    return [
        *((each,) for each in present_traits),
        *(pair for pair in pairs if not {pair[0][0], pair[1][0]} <= PLACES),
    ]


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
