"""What comes after: questions for people, follow-ups, earlier incidents, who took part. Pure."""

import re
from collections.abc import Iterable

from bot.postmortems.document import Lines, Nature, Section, Statement, Table
from bot.postmortems.record import FollowUp, Person, Record, Similar
from bot.postmortems.words import Words

PROMPTS = ("well", "badly", "luck", "surprise")
KINDS = ("prevent", "detect", "mitigate", "process", "document")
SHORTEST_NAME = 3
NAMED_ENTRIES_SHOWN = 20


def prompts_section(record: Record, words: Words) -> Section:
    """What only people can say; and where people are called by name, so that the text stays without blame."""
    prompts = [Statement(words(f"prompt_{key}"), nature="prompt") for key in PROMPTS]
    named = entries_with_names(record)
    if named:
        shown = tuple(named[:NAMED_ENTRIES_SHOWN])
        prompts.append(Statement(words("names_stand", n=len(named)), shown))
    return Section("prompts", words("section_prompts"), [Lines(prompts)])


def entries_with_names(record: Record) -> list[int]:
    """The entries in whose words somebody who took part is called by name."""
    names = {part for person in record.people for part in _parts(person.name)}
    if not names:
        return []
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names)))})\b")
    return [entry.number for entry in record.entries if pattern.search(entry.words)]


def _parts(name: str) -> Iterable[str]:
    first = name.split(" ", 1)[0]
    return [part for part in (name, first) if len(part) >= SHORTEST_NAME]


def follow_ups_section(record: Record, words: Words) -> Section:
    """What is to be done, by whom and until when."""
    keys = ("follow_up", "kind", "owner", "due", "state")
    head = [words(f"head_{key}") for key in keys]
    rows = [_follow_up(item, words) for item in record.follow_ups]
    if not rows:
        asked = words("no_follow_ups", kinds=", ".join(words(f"kind_{kind}") for kind in KINDS))
        return Section("follow_ups", words("section_follow_ups"), [Lines([Statement(asked, nature="prompt")])])
    return Section("follow_ups", words("section_follow_ups"), [Table(head, rows)])


def _follow_up(item: FollowUp, words: Words) -> list[Statement]:
    kind = words(f"kind_{item.kind}") if words.has(f"kind_{item.kind}") else item.kind
    cells = [
        item.title,
        kind or words("unknown"),
        item.owner or words("nobody"),
        words.moment(item.due_at) if item.due_at else "–",
        words("done") if item.is_done else words("not_done"),
    ]
    refs = (item.entry,) if item.entry else ()
    nature: Nature = "fact" if refs else "note"
    statements = [Statement(cell, refs, nature) for cell in cells]
    return [Statement(cells[0], refs, nature, item.url), *statements[1:]]


def similar_section(record: Record, words: Words) -> Section:
    """Earlier incidents like this one, and whether what was to be done after them was done."""
    if not record.similar:
        nothing = Lines([Statement(words("no_similar"), nature="note")])
        return Section("similar", words("section_similar"), [nothing])
    head = [words(f"head_{key}") for key in ("incident", "when", "likeness", "follow_ups_done")]
    rows = [_similar(earlier, words) for earlier in record.similar]
    return Section("similar", words("section_similar"), [Table(head, rows)])


def _similar(earlier: Similar, words: Words) -> list[Statement]:
    done = words("kept_of", kept=earlier.follow_ups_done, due=earlier.follow_ups)
    title = f"#{earlier.number} {earlier.severity} {earlier.title}"
    likeness = words("sounds_alike") if earlier.is_alike else words("same_type")
    cells = [
        words.moment(earlier.declared_at),
        likeness,
        done if earlier.follow_ups else words("no_follow_ups_kept"),
    ]
    return [
        Statement(title, nature="note", url=earlier.url),
        *(Statement(cell, nature="note") for cell in cells),
    ]


def people_section(record: Record, words: Words) -> Section:
    """Who is meant by the roles in the text: the one place with names."""
    head = [words(f"head_{key}") for key in ("in_text", "roles", "name")]
    rows = [_person(person) for person in record.people]
    return Section("people", words("section_people"), [Table(head, rows)])


def _person(person: Person) -> list[Statement]:
    refs = tuple(person.entries)
    cells = [person.label, ", ".join(person.roles) or "–", person.name]
    return [Statement(cells[0], refs), *(Statement(cell, refs) for cell in cells[1:])]
