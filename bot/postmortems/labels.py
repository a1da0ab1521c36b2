"""Labels of people in a post-mortem: their role, never their name. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

# Maps a role and a holder's position to a label: "Commander" and 2 give "second commander".
Nth = Callable[[str, int], str]


def person_labels(
    holders_by_role: Mapping[str, Sequence[str]],
    titles: Mapping[str, str],
    other_ids: Iterable[str],
    participant: str,
    nth: Nth,
) -> dict[str, str]:
    """Return each person's label: their first role in the order of `titles`; `nth` distinguishes several holders.

    `holders_by_role` has the people of each role in the order in which they took it; `other_ids` took part without
    a role and are labelled `participant`.
    """
    first_role: dict[str, str] = {}
    for role in titles:
        for user_id in holders_by_role.get(role, ()):
            first_role.setdefault(user_id, role)
    pairs = [(user_id, titles[role]) for user_id, role in first_role.items()]
    pairs += [(user_id, participant) for user_id in dict.fromkeys(other_ids) if user_id not in first_role]
    counts: Counter[str] = Counter()
    labels: dict[str, str] = {}
    for user_id, label in pairs:
        counts[label] += 1
        labels[user_id] = label if counts[label] == 1 else nth(label, counts[label])
    return labels
