"""Closing sections: questions for people, follow-ups, earlier incidents, participants. Pure."""

import re
from collections.abc import Iterable

from bot.postmortems.document import Lines, Nature, Section, Statement, Table
from bot.postmortems.phrases import Phrases
from bot.postmortems.record import FollowUp, Person, Record, Similar

PROMPTS = ("well", "badly", "luck", "surprise")
KINDS = ("prevent", "detect", "mitigate", "process", "document")
SHORTEST_NAME = 3
NAMED_ENTRIES_SHOWN = 20


def prompts_section(record: Record, phrases: Phrases) -> Section:
    """Return questions only people can answer, and entries that name people, to keep the text free of blame."""
    prompts = [Statement(phrases(f"prompt_{key}"), nature="prompt") for key in PROMPTS]
    entries_naming_people = entries_with_names(record)
    if entries_naming_people:
        entry_numbers = tuple(entries_naming_people[:NAMED_ENTRIES_SHOWN])
        prompts.append(Statement(phrases("names_stand", n=len(entries_naming_people)), entry_numbers))
    return Section("prompts", phrases("section_prompts"), [Lines(prompts)])


def entries_with_names(record: Record) -> list[int]:
    """Return the numbers of entries whose text names a participant."""
    names = {part for person in record.people for part in _name_parts(person.name)}
    if not names:
        return []
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names)))})\b")
    return [entry.number for entry in record.entries if pattern.search(entry.sentence)]


def _name_parts(name: str) -> Iterable[str]:
    first_name = name.split(" ", 1)[0]
    return [part for part in (name, first_name) if len(part) >= SHORTEST_NAME]


def follow_ups_section(record: Record, phrases: Phrases) -> Section:
    """Return the follow-ups with their owners and due dates."""
    keys = ("follow_up", "kind", "owner", "due", "state")
    head = [phrases(f"head_{key}") for key in keys]
    rows = [_follow_up(item, phrases) for item in record.follow_ups]
    if not rows:
        request_text = phrases("no_follow_ups", kinds=", ".join(phrases(f"kind_{kind}") for kind in KINDS))
        return Section(
            "follow_ups", phrases("section_follow_ups"), [Lines([Statement(request_text, nature="prompt")])]
        )
    return Section("follow_ups", phrases("section_follow_ups"), [Table(head, rows)])


def _follow_up(item: FollowUp, phrases: Phrases) -> list[Statement]:
    kind = phrases(f"kind_{item.kind}") if phrases.has(f"kind_{item.kind}") else item.kind
    cells = [
        item.title,
        kind or phrases("unknown"),
        item.owner or phrases("nobody"),
        item.due_on.isoformat(),
        phrases("done") if item.is_done else phrases("not_done"),
    ]
    refs = (item.entry,) if item.entry else ()
    nature: Nature = "fact" if refs else "note"
    statements = [Statement(cell, refs, nature) for cell in cells]
    return [Statement(cells[0], refs, nature, item.url), *statements[1:]]


def similar_section(record: Record, phrases: Phrases) -> Section:
    """Return similar earlier incidents, and how many of their follow-ups were done."""
    if not record.similar:
        none_similar = Lines([Statement(phrases("no_similar"), nature="note")])
        return Section("similar", phrases("section_similar"), [none_similar])
    head = [phrases(f"head_{key}") for key in ("incident", "when", "likeness", "follow_ups_done")]
    rows = [_similar(similar_incident, phrases) for similar_incident in record.similar]
    return Section("similar", phrases("section_similar"), [Table(head, rows)])


def _similar(similar_incident: Similar, phrases: Phrases) -> list[Statement]:
    done_text = phrases("kept_of", kept=similar_incident.follow_ups_done, due=similar_incident.follow_ups)
    title = f"#{similar_incident.number} {similar_incident.severity} {similar_incident.title}"
    likeness = phrases(similar_incident.link or ("sounds_alike" if similar_incident.is_alike else "same_type"))
    cells = [
        phrases.moment(similar_incident.declared_at),
        likeness,
        done_text if similar_incident.follow_ups else phrases("no_follow_ups_kept"),
    ]
    return [
        Statement(title, nature="note", url=similar_incident.url),
        *(Statement(cell, nature="note") for cell in cells),
    ]


def people_section(record: Record, phrases: Phrases) -> Section:
    """Return the names behind the roles in the text; no other section lists names."""
    head = [phrases(f"head_{key}") for key in ("in_text", "roles", "name")]
    rows = [_person(person) for person in record.people]
    return Section("people", phrases("section_people"), [Table(head, rows)])


def _person(person: Person) -> list[Statement]:
    refs = tuple(person.entries)
    cells = [person.label, ", ".join(person.roles) or "–", person.name]
    return [Statement(cells[0], refs), *(Statement(cell, refs) for cell in cells[1:])]
