"""How people are called in a post-mortem: by their role, never by name. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence


def labels(
    held: Mapping[str, Sequence[str]], titles: Mapping[str, str], others: Iterable[str], participant: str
) -> dict[str, str]:
    """Each person's label: the first of their roles in the order of `titles`, numbered when several held it.

    `held` has the people of each role in the order in which they took it; `others` took part without one and are
    numbered as `participant`.
    """
    first_role: dict[str, str] = {}
    for role in titles:
        for user_id in held.get(role, ()):
            first_role.setdefault(user_id, role)
    wanted = [(user_id, titles[role]) for user_id, role in first_role.items()]
    wanted += [(user_id, participant) for user_id in dict.fromkeys(others) if user_id not in first_role]
    return _numbered(wanted, always=participant)


def _numbered(wanted: Sequence[tuple[str, str]], always: str) -> dict[str, str]:
    several = Counter(label for _, label in wanted)
    seen: Counter[str] = Counter()
    named: dict[str, str] = {}
    for user_id, label in wanted:
        seen[label] += 1
        named[user_id] = f"{label} {seen[label]}" if several[label] > 1 or label == always else label
    return named
