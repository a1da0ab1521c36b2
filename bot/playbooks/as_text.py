"""A playbook as text for a terminal: `watchfloor playbooks show`."""

from collections.abc import Iterable, Iterator
from textwrap import wrap

from bot.playbooks.field_types import write_length
from bot.playbooks.playbook import Ask, Playbook, Step, When

WIDTH = 100
INDENT = "     "


def render_text(name: str, book: Playbook) -> str:
    """The whole playbook, phase by phase, with each step's owner, due time, conditions, questions and effects."""
    lines = [f"{book.title}  [{name}]", *wrap(book.summary, WIDTH), "", f"For: {_applies(book)}"]
    number = 0
    for phase in book.phases:
        lines += ["", phase.title.upper()]
        for step in phase.steps:
            number += 1
            lines += _step(number, step)
    lines += _list_lines("STAND DOWN WHEN", book.stand_down)
    lines += _list_lines("GUIDES", (f"{guide.title}: {guide.url}" for guide in book.guides))
    return "\n".join(lines) + "\n"


def _applies(book: Playbook) -> str:
    applies = book.applies
    parts = [
        f"{kind} {', '.join(values)}"
        for kind, values in (
            ("type", applies.types),
            ("severity", applies.severities),
            ("site", applies.sites),
        )
        if values
    ]
    parts += ["private"] if book.private else []
    return "; ".join(parts) or "any incident that has no playbook of its own"


def _step(number: int, step: Step) -> list[str]:
    notes = [step.owner.replace("_", " "), *_due_notes(step)]
    notes += [f"needed {step.required}"] if step.required else []
    lines = [f"{number:3}. {step.title}", f"{INDENT}({'; '.join(notes)})"]
    for paragraph in (step.instructions or "").splitlines():
        lines += [f"{INDENT}{line}" for line in wrap(paragraph, WIDTH)]
    lines += [f"{INDENT}{label}: {value}" for label, value in _details(step)]
    if step.posts:
        lines += [f"{INDENT}posts to {step.posts.to}:", *_quoted(step.posts.message)]
    return lines


def _quoted(message: str) -> list[str]:
    return [f"{INDENT}  | {line}" for line in message.splitlines()]


def _due_notes(step: Step) -> Iterator[str]:
    if step.due:
        yield f"{write_length(step.due.within)} after {step.due.after}"
    if step.repeat_every:
        yield f"again every {write_length(step.repeat_every)}"


def _details(step: Step) -> Iterator[tuple[str, str]]:
    condition = " and ".join(_condition(step.when))
    if condition:
        yield "only if", condition
    for ask in step.asks:
        yield "asks", _question(ask)
    if step.sets:
        yield (
            "sets",
            ", ".join(f"{key} to {value}" for key, value in step.sets.model_dump(mode="json").items() if value),
        )
    if step.guides:
        yield "guides", ", ".join(step.guides)
    if step.invites:
        yield "invites", ", ".join([*step.invites.groups, *step.invites.roles])


def _condition(when: When) -> Iterator[str]:
    if when.severity_at_least:
        yield f"severity is at least {when.severity_at_least}"
    for kind, names in (("site", when.site_among), ("partner", when.partner_among)):
        if names:
            yield f"a {kind} is {' or '.join(names)}"
    for state, keys in (("done", when.done), ("skipped", when.skipped)):
        yield from (f"`{key}` is {state}" for key in keys)
    yield from (f"{name} is {' or '.join(values)}" for name, values in when.answers.items())


def _question(ask: Ask) -> str:
    kind = " | ".join(ask.options) if ask.options else ask.kind
    return f"{ask.question} [{kind}{'; may be left out' if ask.optional else ''}] as {{{ask.id}}}"


def _list_lines(title: str, items: Iterable[str]) -> list[str]:
    lines = [f"  • {item}" for item in items]
    return ["", title, *lines] if lines else []
