"""Escalations of P1 and P2 cases: source data starts the clocks, and the tick notifies the next level."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct
from sqlmodel import Session, col, select

from bot import directory, outbox
from bot.cases import escalation_tables, ids, notes, tables, views
from bot.cases.contracts import schedule_of
from bot.cases.escalation_tables import CaseEscalation, end
from bot.cases.rules.escalation import BY_HAND, LEVELS, NOT_ACTIONED, UNASSIGNED, level_due, next_level
from bot.cases.rules.states import ENDED, Phase
from bot.cases.tables import Case, CaseNote
from bot.cases.wording import translator, translator_for
from bot.config.floor import Floor
from bot.config.floor.cases import CaseEscalation as AllowedTimes
from bot.errors import require
from bot.incidents.people import NO_INCIDENT, known_people
from bot.incidents.permissions import changing_as
from bot.outbox.tables import OutboxRow
from bot.runtime.database import insert_new
from bot.services import Services
from bot.slack.blocks import Block, Message, actions, button, context, section
from bot.slack.phrases import Translator
from bot.slack.text import format_duration, mention, one_line

# The reason for a notification, in the language of each recipient.
ReasonText = Callable[[Translator], str]
# Of one message: it still fits with the longest titles.
CASES_AT_ONCE = 15
IDLE_SENTENCES = {
    UNASSIGNED: "It has been unassigned for {length}.",
    NOT_ACTIONED: "Nobody has begun work on it for {length}.",
    BY_HAND: "It was escalated {length} ago, and nobody has answered.",
}


class Notice(Struct, frozen=True):
    """What a level is told about one case; without people it goes to the alerts channel."""

    clock: CaseEscalation
    case: Case
    why: ReasonText
    people: Sequence[str] = ()

    @property
    def key(self) -> str:
        """The same for the same level of a clock."""
        return f"case-escalation:{self.clock.number}:{self.clock.level}"

    @property
    def urgency(self) -> tuple[str, bool, datetime, int]:
        """For sorting: the highest priority first, then the earliest deadline."""
        due_at = self.case.due_at
        return self.case.priority, due_at is None, due_at or self.case.opened_at, self.case.number


def watch(session: Session, floor: Floor, case: Case, now: datetime) -> None:
    """Start or stop the clocks of a case according to its current state at the source."""
    allowed_times = _allowed_times(floor, case)
    is_unassigned = case.is_open and case.phase != Phase.PENDING and case.is_unassigned
    is_idle = case.is_open and case.phase == Phase.NEW and not case.is_unassigned
    if not case.is_open:
        end(session, case.number, BY_HAND, now)
    escalation_tables.end_of_other_teams(session, case.number, case.team, now)
    for kind, applies in ((UNASSIGNED, is_unassigned), (NOT_ACTIONED, is_idle)):
        if not (applies and allowed_times):
            end(session, case.number, kind, now)
            continue
        since = _idle_since(session, case, kind)
        allowed_idle = allowed_times.unassigned if kind == UNASSIGNED else allowed_times.not_actioned
        due_at = level_due(kind, schedule_of(floor.cases, case.schedule), since, allowed_idle)
        clock = CaseEscalation(case_id=case.number, kind=kind, since=since, due_at=due_at, team=case.team)
        insert_new(session, clock)


def _idle_since(session: Session, case: Case, kind: str) -> datetime:
    """Since when the case is idle, even if it was reported late; a person's decision restarts the clock."""
    began_at = case.opened_at if kind == UNASSIGNED and not case.reopened else case.updated_at
    decided = [note.at for note in tables.notes_of(session, case.number) if note.by]
    return max([began_at, *decided])


def begin_by_hand(
    session: Session, services: Services, case: Case, reason: str, by: str, now: datetime
) -> tuple[list[str], datetime | None]:
    """Notify the first level at once, or the next one if that has been notified.

    Return the people notified, as mentions, and since when earlier ones have been, if there were any.
    """
    new_clock = CaseEscalation(case_id=case.number, kind=BY_HAND, since=now, team=case.team)
    insert_new(session, new_clock)
    clock = next(each for each in escalation_tables.open_of(session, [case.number]) if each.kind == BY_HAND)

    def why(translate: Translator) -> str:
        return translate("{person} escalates it: {why}", person=mention(by), why=one_line(reason, 500))

    told_since = clock.since if clock.level else None
    notice = _advance(session, services, clock, case, why, now)
    _post(session, services, [notice], now)
    return [mention(person) for person in notice.people], told_since


def escalate_due(services: Services, now: datetime) -> None:
    """Notify the next level about each case that has been idle too long; a person reads of all of them at once."""
    with services.database.transaction() as session:
        notices: list[Notice] = []
        clocks = escalation_tables.due(session, now)
        cases = tables.of_numbers(session, [clock.case_id for clock in clocks])
        for clock in clocks:
            case = cases[clock.case_id]
            if case.phase in ENDED:
                end(session, case.number, clock.kind, now)
                continue
            why = partial(idle_sentence, clock.kind, now - clock.since)
            notices.append(_advance(session, services, clock, case, why, now))
        _post(session, services, notices, now)


def idle_sentence(kind: str, length: timedelta, translate: Translator) -> str:
    """A sentence on how long nobody has acted on the case."""
    return translate(IDLE_SENTENCES[kind], length=translate(format_duration(length)))


def _advance(
    session: Session, services: Services, clock: CaseEscalation, case: Case, why: ReasonText, now: datetime
) -> Notice:
    """Move the clock to its next level that has people. Returns the notice for them."""
    allowed_times = _allowed_times(services.floor, case) or AllowedTimes()
    schedule = schedule_of(services.floor.cases, case.schedule)
    next_due = level_due(clock.kind, schedule, now, allowed_times.next_after)
    step = next_level(clock.level, _people_by_level(session, services, case, now), next_due)
    if step is None:
        clock.due_at = None
        return Notice(clock, case, why)
    translate_note = translator(services.floor.language)
    names = ", ".join(mention(person) for person in step.people)
    text = translate_note(
        "{level} is told: {people}. {why}",
        level=translate_note(LEVELS[step.level]),
        people=names,
        why=why(translate_note),
    )
    key = f"escalated:{clock.number}:{step.level}"
    note = CaseNote(case_id=case.number, key=key, kind="escalated", at=now, text=text[0].upper() + text[1:])
    notes.add(session, services, case, note)
    clock.level, clock.due_at = step.level + 1, step.due_at
    return Notice(clock, case, why, step.people)


def _post(session: Session, services: Services, notices: Sequence[Notice], now: datetime) -> None:
    """Send each person what they are told, and the alerts channel what no level can be told."""
    by_person: dict[str, list[Notice]] = {}
    for notice in notices:
        for person in notice.people:
            by_person.setdefault(person, []).append(notice)
    for person, of_person in by_person.items():
        _post_to(session, person, of_person, translator_for(session, services, person), now)
    for_floor = [notice for notice in notices if not notice.people]
    channel_id = directory.channel_id(session, alerts_channel(services)) if for_floor else None
    if channel_id:
        _post_to(session, channel_id, for_floor, translator(services.floor.language), now)


def _post_to(
    session: Session, target: str, notices: Sequence[Notice], translate: Translator, now: datetime
) -> None:
    most_urgent_first = sorted(notices, key=lambda notice: notice.urgency)
    for start in range(0, len(notices), CASES_AT_ONCE):
        together = most_urgent_first[start : start + CASES_AT_ONCE]
        text, blocks = message(together, translate, now)
        key = f"{together[0].key}:{target}"
        outbox.post(session, key, target, text, now, blocks=blocks, priority=outbox.URGENT)
        for notice in together:
            notice.clock.messages = [*notice.clock.messages, key]


def alerts_channel(services: Services) -> str:
    """The name of the channel for alerts about cases."""
    return (services.floor.cases.alerts or services.floor.incidents_channel).removeprefix("#")


def message(notices: Sequence[Notice], translate: Translator, now: datetime) -> Message:
    """The notification about one or several cases, with a button for each of them."""
    texts = [_case_text(notice, translate, now) for notice in notices]
    blocks: list[Block] = []
    for notice, text in zip(notices, texts, strict=True):
        handle_button = button(translate("I'll handle it"), ids.ACTIONED, str(notice.clock.number), style="primary")
        blocks += [section(text), actions([handle_button])]
    names = ", ".join(one_line(notice.case.name, 60) for notice in notices)
    return texts[0] if len(notices) == 1 else f"⏫ {names}", blocks


def _case_text(notice: Notice, translate: Translator, now: datetime) -> str:
    case = notice.case
    case_context = " · ".join(filter(None, (*views.facts_of(case), views.owner_text(case))))
    title = f"*{one_line(case.name, 60)}* {case.priority} {one_line(case.title, 150)}"
    return "\n".join(
        (f"⏫ {title}", case_context, views.deadline_text(case, translate, now), notice.why(translate))
    )


def answer(services: Services, number: int, by: str, now: datetime) -> str:
    """Stop the clocks of the case, because the user handles it. Return the answer."""
    with changing_as(services, by) as session:
        clock = require(escalation_tables.get(session, number), tables.NoSuchCase)
        case = tables.case(session, clock.case_id)
        name, translate = one_line(case.name, 60), translator_for(session, services, by)
        if clock.answered_by:
            return translate("{person} is already handling {name}.", name=name, person=mention(clock.answered_by))
        clocks = escalation_tables.unanswered_of(session, case.number)
        if clock not in clocks:
            return translate("Somebody is already handling {name}.", name=name)
        for each in clocks:
            each.answered_by, each.due_at = by, None
            each.ended_at = now if each.kind == BY_HAND else None
            _show_handler(session, services, each, by, now)
        key = f"actioned:{clock.number}"
        translate_note = translator(services.floor.language)
        note_text = translate_note("is handling the escalation ({kind})", kind=translate_note(clock.kind))
        note = CaseNote(case_id=case.number, key=key, kind="actioned", by=by, at=now, text=note_text)
        notes.add(session, services, case, note)
    return translate("Thank you. Nobody else is told about {name}.", name=name)


def _show_handler(session: Session, services: Services, clock: CaseEscalation, by: str, now: datetime) -> None:
    """Replace the button in every message about the clock with the name of the person who handles the case."""
    for row in session.exec(select(OutboxRow).where(col(OutboxRow.key).in_(clock.messages))).all():
        translate = translator_for(session, services, row.channel_id or "")
        handled = context(translate("✅ {person} handles it.", person=mention(by)))
        blocks = (row.payload or {}).get("blocks", [])
        outbox.edit(session, row, [handled if _is_button_of(clock, block) else block for block in blocks], now)


def _is_button_of(clock: CaseEscalation, block: Block) -> bool:
    return any(
        (element.get("action_id"), element.get("value")) == (ids.ACTIONED, str(clock.number))
        for element in block.get("elements", ())
    )


def _people_by_level(session: Session, services: Services, case: Case, now: datetime) -> list[list[str]]:
    """The people who can be reached, by level."""
    settings = services.floor.cases
    managers = settings.managers_of(case.team, case.region)
    return [
        known_people(session, services, NO_INCIDENT, names, now)
        for names in (managers, settings.processed_by, settings.senior_management)
    ]


def _allowed_times(floor: Floor, case: Case) -> AllowedTimes | None:
    by_priority = {str(priority): allowed for priority, allowed in floor.cases.escalations.items()}
    return by_priority.get(case.priority)
