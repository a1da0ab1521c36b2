"""How people are called in a post-mortem: by their role, never by name. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence


def person_labels(
    holders_by_role: Mapping[str, Sequence[str]], titles: Mapping[str, str], others: Iterable[str], participant: str
) -> dict[str, str]:
    """Each person's label: the first of their roles in the order of `titles`, numbered when several held it.

    `held` has the people of each role in the order in which they took it; `others` took part without one and are
    numbered as `participant`.
    """
    first_role: dict[str, str] = {}
    for role in titles:
        for user_id in holders_by_role.get(role, ()):
            first_role.setdefault(user_id, role)
    pairs = [(user_id, titles[role]) for user_id, role in first_role.items()]
    pairs += [(user_id, participant) for user_id in dict.fromkeys(others) if user_id not in first_role]
    return _numbered(pairs, always=participant)


def _numbered(pairs: Sequence[tuple[str, str]], always: str) -> dict[str, str]:
    totals = Counter(label for _, label in pairs)
    counts: Counter[str] = Counter()
    label_by_person: dict[str, str] = {}
    for user_id, label in pairs:
        counts[label] += 1
        label_by_person[user_id] = f"{label} {counts[label]}" if totals[label] > 1 or label == always else label
    return label_by_person
