"""Consistency checks of a playbook: references, cycles, unreachable steps, and names from `floor.yaml`."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from bot.config.floor import Floor
from bot.config.floor.guide_files import guide_titles
from bot.config.yaml_file import KeyPath
from bot.config.yaml_validation import did_you_mean
from bot.playbooks.ids import MESSAGE
from bot.playbooks.messages import FACTS, placeholders_in, single_braces_in
from bot.playbooks.playbook import PHASE, START, Ask, Playbook, Step

Finding = tuple[KeyPath, str]
NUMBER_CONDITION = re.compile(r"(at least |at most )?-?\d+(\.\d+)?")


def findings(book: Playbook, floor: Floor | None = None) -> list[Finding]:
    """Every inconsistency, with its place in the file."""
    problems = [*_find_repeated(book), *_find_bad_references(book), *_find_bad_placeholders(book)]
    if not problems:
        # Cycles and dead ends are only worth reporting once every reference is valid.
        problems = [*_find_cycles(book), *_find_unreachable(book)]
    return problems + (list(_against_floor(book, floor)) if floor else [])


def _steps_with_path(book: Playbook) -> Iterator[tuple[KeyPath, Step]]:
    for i, phase in enumerate(book.phases):
        for j, step in enumerate(phase.steps):
            yield ("phases", i, "steps", j), step


def _asks_with_path(book: Playbook) -> Iterator[tuple[KeyPath, Ask]]:
    for path, step in _steps_with_path(book):
        for k, ask in enumerate(step.asks):
            yield (*path, "asks", k), ask


def _find_repeated(book: Playbook) -> Iterator[Finding]:
    phases = [(("phases", i), phase.id) for i, phase in enumerate(book.phases)]
    steps = [(path, step.id) for path, step in _steps_with_path(book)]
    asks = [(path, ask.id) for path, ask in _asks_with_path(book)]
    for kind, names in (("phase", phases), ("step", steps), ("question", asks)):
        counts: Counter[str] = Counter()
        for path, name in names:
            counts[name] += 1
            if counts[name] == 2:
                yield (*path, "id"), f"another {kind} is already called `{name}`; give this one its own id"
    titles = Counter(phase.title for phase in book.phases)
    for i, phase in enumerate(book.phases):
        if titles[phase.title] > 1:
            yield ("phases", i, "title"), f"several phases are called “{phase.title}”; give each its own title"
    for path, name in steps:
        if name in (START, PHASE):
            yield (*path, "id"), f"`{name}` has a meaning in `due`; call the step something else"
    for path, name in asks:
        if name in FACTS:
            yield (*path, "id"), f"`{name}` is a word of messages already ({FACTS[name]}); choose another id"
        if name == MESSAGE:
            yield (*path, "id"), f"`{MESSAGE}` is the name of the form's own field; choose another id"


def _find_bad_references(book: Playbook) -> Iterator[Finding]:
    for path, step in _steps_with_path(book):
        after = step.due.after if step.due else START
        if after not in (START, PHASE, *book.steps):
            yield (*path, "due"), _no_such("step", after, (START, PHASE, *book.steps))
        for key, names in (("done", step.when.done), ("skipped", step.when.skipped)):
            for name in names:
                if name not in book.steps:
                    yield (*path, "when", key), _no_such("step", name, book.steps)
        for name, values in step.when.answers.items():
            answers = (*path, "when", "answers", name)
            if name not in book.asks:
                yield answers, _no_such("question", name, book.asks)
            else:
                yield from ((answers, reason) for reason in _wrong_values(book.asks[name], values))


def _no_such(kind: str, name: str, known_names: Iterable[str]) -> str:
    return f"there is no {kind} `{name}`.{did_you_mean(name, known_names)}"


def _wrong_values(ask: Ask, values: Iterable[str]) -> Iterator[str]:
    for value in values:
        if ask.kind == "choice" and value not in ask.options:
            suggestion = did_you_mean(value, ask.options) or f" It offers: {', '.join(ask.options)}."
            yield f"`{value}` is no option of `{ask.id}`.{suggestion}"
        if ask.kind == "number" and not NUMBER_CONDITION.fullmatch(value):
            yield f"`{value}` is no number; write `12`, `at least 12` or `at most 12`"


def _find_bad_placeholders(book: Playbook) -> Iterator[Finding]:
    known_names = (*FACTS, *book.asks)
    for path, step in _steps_with_path(book):
        if step.posts is None:
            continue
        message_path = (*path, "posts", "message")
        for placeholder in placeholders_in(step.posts.message):
            if placeholder not in known_names:
                yield (
                    message_path,
                    f"`{{{placeholder}}}` stands for nothing.{did_you_mean(placeholder, known_names)}",
                )
        for text in single_braces_in(step.posts.message):
            yield (
                message_path,
                f"`{text}` has no other brace; a word that is replaced stands in two, like `{{title}}`",
            )


def _dependencies(book: Playbook) -> dict[str, set[str]]:
    asked_in = {ask.id: step.id for step in book.steps.values() for ask in step.asks}
    return {
        step.id: {
            *step.when.steps,
            *(asked_in[name] for name in step.when.answers),
            *([step.due.after] if step.due and step.due.after in book.steps else []),
        }
        for step in book.steps.values()
    }


def _find_cycles(book: Playbook) -> Iterator[Finding]:
    try:
        TopologicalSorter(_dependencies(book)).prepare()
    except CycleError as error:
        names: list[str] = error.args[1]
        path = next(path for path, step in _steps_with_path(book) if step.id == names[0])
        chain = " → ".join(f"`{name}`" for name in reversed(names))
        yield path, f"waits for itself: {chain}; break the circle in `when` or `due`"


def _find_unreachable(book: Playbook) -> Iterator[Finding]:
    unreachable: set[str] = set()
    for path, step in _steps_with_path(book):
        if reason := _why_impossible(step) or _why_unreachable(step, unreachable):
            unreachable.add(step.id)
            yield (*path, "when"), f"can never hold: {reason}"


def _why_impossible(step: Step) -> str | None:
    # Severity and sites may change while the playbook runs, so a condition on them may always come to hold.
    contradictory_steps = set(step.when.done) & set(step.when.skipped)
    return f"`{min(contradictory_steps)}` cannot be done and skipped at once" if contradictory_steps else None


def _why_unreachable(step: Step, unreachable: set[str]) -> str | None:
    unreachable_steps = sorted(unreachable.intersection(step.when.steps))
    return f"it waits for `{unreachable_steps[0]}`, which never comes" if unreachable_steps else None


def _against_floor(book: Playbook, floor: Floor) -> Iterator[Finding]:
    def unknown(kind: str, names: Iterable[str], known_names: Iterable[str], path: KeyPath) -> Iterator[Finding]:
        known_names = tuple(known_names)
        for name in names:
            if name not in known_names:
                yield path, f"floor.yaml has no {kind} `{name}`.{did_you_mean(name, known_names)}"

    yield from unknown("type", book.applies.types, floor.types, ("applies", "types"))
    yield from unknown("site", book.applies.sites, floor.sites, ("applies", "sites"))
    for path, step in _steps_with_path(book):
        yield from unknown("site", step.when.site_among, floor.sites, (*path, "when", "site_among"))
        yield from unknown(
            "partner", step.when.partner_among, floor.partner_names, (*path, "when", "partner_among")
        )
        yield from unknown(
            "audience", [step.posts.to] if step.posts else [], floor.audiences, (*path, "posts", "to")
        )
        told = step.skip_when.told if step.skip_when else None
        yield from unknown("audience", [told] if told else [], floor.audiences, (*path, "skip_when", "told"))


def unknown_guides(book: Playbook, floor: Floor) -> Iterator[Finding]:
    """Guides named by steps but found in no file. That is not an error: guides can also be published in Slack, and
    they are found by title when the step is read."""
    titles = [*(guide.title for guide in book.guides), *guide_titles(floor.cases)]
    for path, step in _steps_with_path(book):
        for title in step.guides:
            if title not in titles:
                published_hint = "It is found if it was published in Slack; `/incident guide` shows what is."
                suggestion = did_you_mean(title, titles)
                yield (*path, "guides"), f"no file has the guide “{title}”.{suggestion} {published_hint}"
