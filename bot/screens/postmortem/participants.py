"""The participants of an incident, called by their roles in the post-mortem, with their names at its end."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from sqlmodel import Session

from bot import directory
from bot.config.floor import Floor
from bot.incidents import incidents
from bot.incidents.tables import Incident
from bot.playbooks.step_rows import steps_of
from bot.playbooks.tables import runs_of
from bot.postmortems.figures import ROLE_GIVEN
from bot.postmortems.phrases import Phrases
from bot.postmortems.record import Person
from bot.timeline import wording
from bot.timeline.tables import TimelineEntry

BOT_NAME = "Watchfloor"
HANDED_OVER = "handover_accepted"


class Participants(Struct, frozen=True):
    """An incident's people by user id: the label of each, and their details."""

    labels: dict[str, str]
    people: Sequence[Person]

    def name(self, user_id: str | None) -> str:
        """Return the label of a person in the text."""
        return self.labels.get(user_id or "", user_id or BOT_NAME)


def find_participants(
    session: Session, floor: Floor, incident: Incident, entries: Sequence[TimelineEntry], phrases: Phrases
) -> Participants:
    """Return everyone whom the post-mortem mentions."""
    titles = {str(key): role.title for key, role in floor.roles.items()}
    holders_by_role = _holders_by_role(session, incident, entries, titles)
    titles = {key: floor.in_language(title, phrases.language) or title for key, title in titles.items()}
    people_without_role = sorted(_people_without_role(session, incident, entries))
    label_by_person = person_labels(
        holders_by_role, titles, people_without_role, phrases("participant"), phrases.nth
    )
    names = directory.display_names(session, label_by_person)
    people = [
        Person(
            label=label,
            name=names.get(user_id, user_id),
            roles=[titles[role] for role, holders in holders_by_role.items() if user_id in holders],
            entries=_evidence_of(user_id, entries),
        )
        for user_id, label in label_by_person.items()
    ]
    return Participants(label_by_person, people)


def _holders_by_role(
    session: Session, incident: Incident, entries: Sequence[TimelineEntry], titles: dict[str, str]
) -> dict[str, list[str]]:
    """Everyone who ever held each role, in the order in which they took it."""
    # Entries name roles in lower case.
    keys = {title.casefold(): key for key, title in titles.items()}
    holders_by_role: dict[str, list[str]] = {key: [] for key in titles}
    for entry in entries:
        role, user_id = keys.get(str(entry.facts.get("role")).casefold()), _new_holder(entry)
        if role and isinstance(user_id, str) and user_id not in holders_by_role[role]:
            holders_by_role[role].append(user_id)
    for key, current_holders in incidents.roles(session, incident.number).items():
        holders_by_role.setdefault(key, []).extend(
            user_id for user_id in current_holders if user_id not in holders_by_role[key]
        )
    return holders_by_role


def _new_holder(entry: TimelineEntry) -> object:
    """The person who took a role by this entry. In a handover of command, `user` is the person who was relieved."""
    if entry.kind == HANDED_OVER:
        return entry.actor_id
    return entry.facts.get("user") if entry.kind in ROLE_GIVEN else None


def _people_without_role(session: Session, incident: Incident, entries: Sequence[TimelineEntry]) -> set[str]:
    people = {incident.declared_by}
    for entry in entries:
        people |= {user_id for user_id in (entry.actor_id, *wording.user_ids_in(entry.facts)) if user_id}
    for run in runs_of(session, incident.number):
        for step in steps_of(session, run.number):
            people |= {user_id for user_id in (step.owner_id, step.finished_by) if user_id}
    return people


def _evidence_of(user_id: str, entries: Sequence[TimelineEntry]) -> list[int]:
    """The first entries that show a person's part: taking a role, else any own act, else being mentioned."""
    role_entries = [e.id for e in entries if _new_holder(e) == user_id]
    own_entries = [e.id for e in entries if e.actor_id == user_id]
    entries_about = [
        e.id for e in entries if not (role_entries or own_entries) and user_id in wording.user_ids_in(e.facts)
    ]
    return [
        number
        for number in [*role_entries[:2], *(own_entries[:1] if not role_entries else []), *entries_about[:1]]
        if number
    ]


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
