"""Decides which bursts raise an alert: surprising enough, not alerted before, and no more than people can handle.

The threshold is a false-alarm rate: over the last four weeks, bursts as surprising as this one occurred at most as
often as `alerts_a_day` allows. Without history, `LEAST_SCORE` applies.
"""

import math
from collections.abc import Sequence

from msgspec import Struct, field

from bot.cases.rules.bursts import Candidate, Key
from bot.cases.rules.counting import DAY_S, REMEMBERED_S

# For traits, one in three thousand; the false-alarm rate soon takes over. Words are stronger evidence, so they must
# score higher.
LEAST_SCORE, LEAST_SCORE_OF_WORDS = 3.5, 7.0
ALERTS_A_DAY = 2
# Once a day's alerts are used up, a burst must be at least as surprising as all of them. A burst of this score
# always raises an alert, unless similar ones were dismissed.
ALWAYS = 12.0
# Dismissing a burst as "not related" raises the threshold by this much; the effect halves every two weeks.
DISMISSED_BY, DISMISSED_HALF_S = 3.0, 14 * DAY_S
SAME_FOR_S = 12 * 3_600
# The share of a burst's cases that makes it the same as an earlier one.
OVERLAP = 0.3


class Episode(Struct):
    """A burst since it began, with whether people were alerted and whether they dismissed it."""

    key: Key
    began_at: float
    last_at: float
    peak: float
    cases: set[int] = field(default_factory=set)
    alerted_at: float | None = None
    is_dismissed: bool = False
    # Its incident is resolved, declined or merged: further cases are another burst.
    is_over: bool = False
    # Its row in the database, once it has one.
    number: int = 0


class Decision(Struct, frozen=True):
    """The episode that a candidate belongs to, and whether to alert people now."""

    episode: Episode
    alerts: bool


class Alerting:
    """The episodes of the last four weeks."""

    def __init__(self, alerts_a_day: float = ALERTS_A_DAY) -> None:
        self._alerts_a_day = alerts_a_day
        self._began_at: float | None = None
        self.episodes: list[Episode] = []

    @property
    def explained_cases(self) -> frozenset[int]:
        """The cases of incidents that are over, which are part of no other burst."""
        return frozenset(case for episode in self.episodes if episode.is_over for case in episode.cases)

    def begin(self, at: float) -> None:
        """Note a case's time; the earliest one is where the history begins."""
        self._began_at = at if self._began_at is None else min(self._began_at, at)

    def decide(self, candidate: Candidate | None) -> Decision | None:
        """Add the candidate to its episode and decide on an alert; None if it is too unsurprising to record."""
        if candidate is None or candidate.score < _least_score(candidate):
            return None
        now = candidate.at
        self.episodes = [each for each in self.episodes if each.last_at > now - REMEMBERED_S]
        episode = self._matching_episode(candidate)
        if episode is None:
            episode = Episode(candidate.key, now, now, 0.0)
            self.episodes.append(episode)
        episode.last_at, episode.peak = max(episode.last_at, now), max(episode.peak, candidate.score)
        episode.cases |= set(candidate.cases)
        if episode.alerted_at is None and candidate.score >= self.threshold(candidate, episode):
            episode.alerted_at = now
            return Decision(episode, alerts=True)
        return Decision(episode, alerts=False)

    def threshold(self, candidate: Candidate, episode: Episode) -> float:
        """The score that this candidate must reach."""
        usual = max(self._usual_peak(candidate.at, episode), self._peak_of_full_day(candidate.at))
        return min(max(usual, _least_score(candidate)), ALWAYS) + self._rise_by_dismissals(candidate)

    def _usual_peak(self, now: float, episode: Episode) -> float:
        """The peak score that bursts of the last four weeks exceeded only as often as alerts are allowed."""
        began_at = now if self._began_at is None else self._began_at
        days = max(1.0, min(now - began_at, REMEMBERED_S) / DAY_S)
        peaks = sorted((each.peak for each in self.episodes if each is not episode), reverse=True)
        allowed = int(self._alerts_a_day * days)
        return peaks[allowed] if len(peaks) > allowed else LEAST_SCORE

    def _peak_of_full_day(self, now: float) -> float:
        """The highest peak among the alerts of the last 24 hours, once the daily number is used up."""
        alerted = [each for each in self.episodes if each.alerted_at is not None and each.alerted_at > now - DAY_S]
        return max(each.peak for each in alerted) if len(alerted) >= self._alerts_a_day else LEAST_SCORE

    def _rise_by_dismissals(self, candidate: Candidate) -> float:
        """What dismissals of similar bursts add to the threshold."""
        return sum(
            DISMISSED_BY * math.pow(0.5, (candidate.at - episode.last_at) / DISMISSED_HALF_S)
            for episode in self.episodes
            if episode.is_dismissed and _is_alike(episode, candidate)
        )

    def _matching_episode(self, candidate: Candidate) -> Episode | None:
        recent_episodes: Sequence[Episode] = [
            each for each in self.episodes if each.last_at > candidate.at - SAME_FOR_S and not each.is_over
        ]
        matching_episodes = [
            each for each in recent_episodes if _is_alike(each, candidate) or _overlap(each, candidate) >= OVERLAP
        ]
        return max(matching_episodes, key=lambda each: (each.alerted_at is not None, each.last_at), default=None)


def _least_score(candidate: Candidate) -> float:
    return LEAST_SCORE_OF_WORDS if candidate.is_text else LEAST_SCORE


def _is_alike(episode: Episode, candidate: Candidate) -> bool:
    return episode.key == candidate.key if candidate.key else _overlap(episode, candidate) > 0


def _overlap(episode: Episode, candidate: Candidate) -> float:
    return len(episode.cases.intersection(candidate.cases)) / len(candidate.cases)
