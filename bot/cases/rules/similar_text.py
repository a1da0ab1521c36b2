"""Text similarity of cases: character 4-grams weighted by TF-IDF in an inverted index, compared by cosine.

N-grams make endings, typing errors and joined words matter little; on labelled duplicates they find more than
whole words or fuzzy token sets. The index has two segments and drops the older one when the younger is full, so a
query costs the same after a year as after a day.
"""

import math
import re
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    import numpy as np

GRAM = 4
# A title states the subject; a description also holds greetings, signatures and versions.
TITLE_WEIGHT = 3
LONGEST_TEXT = 2_000
SEGMENT = 10_000
# A gram in more than this share of documents is ignored, once there are enough documents to tell.
COMMON_SHARE, ENOUGH = 0.2, 500
# Weights change quickly while there are few documents (or few guides), so norms are recomputed at these sizes.
RENEWED_AT = frozenset((*range(1, 8), *(2**power for power in range(3, 9))))
_WORD = re.compile(r"\w+")
# The most shared words to name for a group of similar documents.
MOST_SHARED = 5
_ENGLISH = """
    a an and are as at be but by can cannot do does for from has have how i in is it my no not of on or our
    since so that the their them there they this to was we were when with you your please hello hi thanks
    regards issue problem error help"""
_SPANISH = "de la el en y los las que un una no se con por para es al del hola gracias"
STOP_WORDS = frozenset(f"{_ENGLISH} {_SPANISH}".split())


def fold(text: str) -> str:
    """The text in lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def grams(title: str, text: str = "") -> dict[str, float]:
    """The 4-grams of a document's words except stop words, each with 1 + ln of its count; the title counts three
    times."""
    counts: Counter[str] = Counter()
    for part, weight in ((title, TITLE_WEIGHT), (text, 1)):
        for word in _WORD.findall(fold(part[:LONGEST_TEXT])):
            if word in STOP_WORDS:
                continue
            padded_word = f" {word} "
            for start in range(max(1, len(padded_word) - GRAM + 1)):
                counts[padded_word[start : start + GRAM]] += weight
    return {gram: 1 + math.log(count) for gram, count in counts.items()}


class _Segment(Struct):
    """Up to `SEGMENT` documents: for each gram, the places of the documents with it and its weight in each."""

    keys: list[int] = field(default_factory=list)
    positions: "dict[str, array[int]]" = field(default_factory=lambda: defaultdict(lambda: array("i")))
    weights: "dict[str, array[float]]" = field(default_factory=lambda: defaultdict(lambda: array("f")))
    norms: "array[float]" = field(default_factory=lambda: array("f"))

    def add(self, key: int, document: dict[str, float], norm: float) -> None:
        position = len(self.keys)
        self.keys.append(key)
        self.norms.append(norm)
        for gram, weight in document.items():
            self.positions[gram].append(position)
            self.weights[gram].append(weight)

    def scores(self, query: dict[str, float]) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
        """The cosine of each document with the query, whose weights are multiplied by the grams' squared idf."""
        # Imported here, so that a bot without cases starts sooner.
        import numpy as np

        total = np.zeros(len(self.keys), np.float32)
        for gram, weight in query.items():
            if gram in self.positions:
                total[np.frombuffer(self.positions[gram], np.int32)] += (
                    np.frombuffer(self.weights[gram], np.float32) * weight
                )
        return (total / np.frombuffer(self.norms, np.float32)).astype(np.float32) if self.keys else total

    def renew_norms(self, idf: dict[str, float]) -> None:
        import numpy as np

        squares = np.zeros(len(self.keys), np.float32)
        for gram, positions in self.positions.items():
            weighted = np.frombuffer(self.weights[gram], np.float32) * idf.get(gram, 0.0)
            squares[np.frombuffer(positions, np.int32)] += weighted * weighted
        self.norms = array("f", np.sqrt(np.maximum(squares, 1e-9)).tolist())


class TextIndex:
    """An index of the most recent documents, by key."""

    def __init__(self, segment: int = SEGMENT) -> None:
        self._size = segment
        self._old, self._young = _Segment(), _Segment()

    def __len__(self) -> int:
        return len(self._old.keys) + len(self._young.keys)

    def add(self, key: int, document: dict[str, float]) -> None:
        if not document:
            return
        if len(self._young.keys) >= self._size:
            self._old, self._young = self._young, _Segment()
        self._young.add(key, document, self._norm(document))
        if len(self) in RENEWED_AT and not self._old.keys:
            self._young.renew_norms({gram: self._idf(gram) for gram in self._young.positions})

    def alike(self, document: dict[str, float], least: float) -> list[tuple[int, float]]:
        """The documents whose cosine with this one is at least `least` (0 to 1), most similar first."""
        import numpy as np

        count = len(self)
        if not document or not count:
            return []
        idf = {gram: self._idf(gram) for gram in document}
        norm = max(math.sqrt(sum((weight * idf[gram]) ** 2 for gram, weight in document.items())), 1e-9)
        query = {
            gram: weight * idf[gram] ** 2 / norm
            for gram, weight in document.items()
            if count < ENOUGH or self._frequency(gram) <= COMMON_SHARE * count
        }
        similar: list[tuple[int, float]] = []
        for segment in (self._young, self._old):
            scores = segment.scores(query)
            similar += [
                (segment.keys[position], float(scores[position])) for position in np.flatnonzero(scores >= least)
            ]
        return sorted(similar, key=lambda each: (-each[1], -each[0]))

    def _frequency(self, gram: str) -> int:
        return sum(len(segment.positions.get(gram, ())) for segment in (self._old, self._young))

    def _idf(self, gram: str) -> float:
        return max(0.0, math.log((len(self) + 1) / (self._frequency(gram) + 0.5)))

    def _norm(self, document: dict[str, float]) -> float:
        squares = sum((weight * self._idf(gram)) ** 2 for gram, weight in document.items())
        return max(math.sqrt(squares), 1e-4)


def shared_terms(texts: Sequence[str]) -> list[str]:
    """Up to five words that at least half of the texts (and at least two) contain, most frequent first."""
    counts = Counter(word for text in texts for word in dict.fromkeys(_terms(text)))
    least = max(2, (len(texts) + 1) // 2)
    common = [(count, word) for word, count in counts.items() if count >= least]
    return [word for _, word in sorted(common, key=lambda each: (-each[0], -len(each[1]), each[1]))[:MOST_SHARED]]


def _terms(text: str) -> Iterable[str]:
    return (word for word in _WORD.findall(fold(text[:LONGEST_TEXT])) if len(word) > 2 and word not in STOP_WORDS)
