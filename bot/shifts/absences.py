"""Absences: enter, take back, reassign what the person held, and export for workforce management."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot import directory, outbox
from bot.errors import WatchfloorError
from bot.incidents.permissions import check_member, reading_as
from bot.incidents.registry import Registry
from bot.outbox import kinds
from bot.outbox.kinds import Context
from bot.outbox.tables import OutboxRow
from bot.runtime import csv_file
from bot.runtime.clock import utcnow
from bot.runtime.database import insert_new
from bot.services import Services
from bot.shifts import absence_tables, forms, offers, tables, views
from bot.shifts.absence_tables import Absence
from bot.shifts.wording import translator_for
from bot.slack.blocks import Block
from bot.slack.text import mention

KINDS = views.ABSENT
LONGEST = timedelta(days=366)
EXPORTED = timedelta(days=90)
SHIFT_WITHIN = timedelta(days=1)
HEADER = ("person", "slack_id", "kind", "starts_at", "ends_at", "minutes", "note", "entered_by", "entered_at")


class EndsBeforeStart(WatchfloorError):
    """The end must come after the start, and within a year of it."""

    es = "El final debe ser posterior al comienzo, y como mucho un año después."


class NotYourAbsence(WatchfloorError):
    """Absences of others are entered and taken back by the managers named in floor.yaml (`shifts: managers`)."""

    es = (
        "Las ausencias de otras personas las anotan y retiran los responsables que nombra floor.yaml "
        "(`shifts: managers`)."
    )


class NoSuchAbsence(WatchfloorError):
    """That absence was taken back already, or it is over."""

    es = "Esa ausencia ya se retiró, o ya ha pasado."


def form(services: Services, by: str, now: datetime) -> Block:
    """The form to enter an absence, which usually lasts until the end of the current or next shift."""
    with reading_as(services, by) as session:
        shift = next(iter(tables.of_person(session, by, now, now + SHIFT_WITHIN)), None)
        translate = translator_for(session, services, by)
    return forms.absence_form(by, shift.ends_at if shift else None, translate, now)


def enter(
    services: Services,
    user_id: str,
    when: tuple[datetime, datetime],
    kind: str,
    note: str,
    by: str,
    now: datetime,
    key: str | None = None,
) -> str:
    """Enter an absence. If it has begun, reassign what the person is accountable for in the same transaction.
    Return the answer. `key` identifies the form, so that sending it twice enters one absence."""
    starts_at, ends_at = when
    check_member(services, by)
    if not starts_at < ends_at <= starts_at + LONGEST or ends_at <= now:
        raise EndsBeforeStart()
    if user_id != by:
        _check_may_enter(services, by)
    with services.database.transaction() as session:
        tables.roster_changed(session, now)
        absence = Absence(
            key=key,
            user_id=user_id,
            starts_at=starts_at,
            ends_at=ends_at,
            kind=kind if kind in KINDS else "other",
            note=note.strip(),
            by=by,
            entered_at=now,
            replaced_due_at=starts_at,
        )
        is_new = insert_new(session, absence)
        if is_new and starts_at <= now:
            _reassign(session, services, session.get_one(Absence, absence.number), now)
        facts = {"person": mention(by), "when": views.times(starts_at, ends_at)}
        if is_new and user_id != by:
            translate = translator_for(session, services, user_id)
            text = translate("{person} entered an absence of yours: {when}.", **facts)
            outbox.post(session, f"absence:{absence.number}", user_id, text, now)
        translate = translator_for(session, services, by)
    own_phrase, other_phrase = "You are absent: {when}.", "{person} is absent: {when}."
    absence_text = translate(own_phrase if user_id == by else other_phrase, **{**facts, "person": mention(user_id)})
    return f"{absence_text} {translate('Shifts in that time count as open.')}"


def _check_may_enter(services: Services, by: str) -> None:
    try:
        offers.check_manager(services, by)
    except offers.OnlyManagers:
        raise NotYourAbsence() from None


def _reassign(session: Session, services: Services, absence: Absence, now: datetime) -> None:
    """Reassign what the person is accountable for."""
    absence.replaced_due_at = None
    for act in services.get(Registry).unavailable:
        act(session, services, absence.user_id, now)


def begin_due(services: Services, now: datetime) -> None:
    """Reassign what people are accountable for when their absences have begun, once per absence.

    Nothing is taken from people who are back: their absence was over before the bot could look.
    """
    with services.database.transaction() as session:
        for absence in absence_tables.due(session, now):
            if absence.ends_at > now:
                _reassign(session, services, absence, now)
            else:
                absence.replaced_due_at = None


def cancel(services: Services, number: int, by: str, now: datetime) -> str:
    """Take back an absence, as the person is available after all. Return the answer."""
    with reading_as(services, by) as session:
        absence = session.get(Absence, number)
    if absence is None or absence.cancelled_at or absence.ends_at <= now:
        raise NoSuchAbsence()
    if absence.user_id != by:
        _check_may_enter(services, by)
    with services.database.transaction() as session:
        tables.roster_changed(session, now)
        absence = session.get_one(Absence, number, with_for_update=True)
        absence.cancelled_at, absence.replaced_due_at = now, None
        translate = translator_for(session, services, by)
    return translate("The absence is taken back; your shifts count again.")


def request_export(services: Services, key: str, by: str, now: datetime) -> str:
    """Enqueue a file of the absences for the person who asked. Return the answer."""
    check_member(services, by)
    offers.check_manager(services, by)
    with services.database.transaction() as session:
        payload = {"to": by}
        outbox.enqueue(session, kinds.ABSENCES_FILE, f"absences:{key}", now, payload=payload, channel_id=by)
        translate = translator_for(session, services, by)
    return translate("The file comes by direct message.")


def file_channel(context: Context) -> str:
    """The direct-message channel of the person who asked."""
    return context.services.slack.direct_channel(str((context.row.payload or {})["to"]))


def share(services: Services, row: OutboxRow) -> None:
    """Upload the file and share it."""
    now = utcnow()
    content = csv_file.to_csv(HEADER, rows(services, now))
    file_id = services.slack.upload(f"absences-{now:%Y-%m-%d}.csv", content)
    channel_id = services.slack.direct_channel(str((row.payload or {})["to"]))
    services.slack.share_files(
        [(file_id, f"Absences {now:%Y-%m-%d}")], channel_id, "Absences for workforce management"
    )


def rows(services: Services, now: datetime) -> list[tuple[csv_file.Cell, ...]]:
    """The absences of the last and the next 90 days; times are UTC."""
    with services.database.reading() as session:
        absences = absence_tables.between(session, now - EXPORTED, now + EXPORTED)
        names = directory.display_names(
            session, {each for absence in absences for each in (absence.user_id, absence.by)}
        )
    return [
        (
            names.get(absence.user_id, absence.user_id),
            absence.user_id,
            absence.kind,
            absence.starts_at,
            absence.ends_at,
            int((absence.ends_at - absence.starts_at).total_seconds() // 60),
            absence.note,
            names.get(absence.by, absence.by),
            absence.entered_at,
        )
        for absence in absences
    ]
