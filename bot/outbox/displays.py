"""One row for each thing Slack shows of an incident. What is wanted and what is shown are numbers: they differ
while Slack is behind, and the row is found by that. State is never read back from Slack."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from bot.runtime.database import partial_index, utc_column

CARD = "card"
DIGEST = "digest"
TOPIC = "topic"
PIN = "pin"
BOOKMARK = "bookmark"
RUN = "run"
PAGE = "page"
LADDER = "ladder"
PARTNER = "partner"
FOLLOW_UP = "followup"
FOLLOW_UP_TOLD = "followup_told"
DRAFT = "draft"
POST_MORTEM = "postmortem"

RETRY_FIRST = timedelta(seconds=5)
RETRY_LONGEST = timedelta(minutes=15)
# Longer than any drawing takes; who holds it and dies is freed at once by a restart or a take-over.
HELD_FOR = timedelta(minutes=3)


class Display(SQLModel, table=True):
    """Something shown in Slack: a card, a digest message, a topic, a pin, a bookmark, a playbook run's message,
    the line about an escalation, a page, a draft of updates, what is said of a post-mortem."""

    __tablename__ = "displays"
    __table_args__ = (
        sa.UniqueConstraint("incident_id", "kind", "subject"),
        sa.Index("ix_displays_message", "channel_id", "ts"),
        partial_index("ix_displays_stale", "retry_at", where="wanted > shown"),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id")
    kind: str
    subject: str = ""
    wanted: int = 1
    shown: int = 0
    channel_id: str | None = None
    ts: str | None = None
    # Set before the first post: whoever finds it without `ts` must look whether the message arrived.
    attempted_at: datetime | None = Field(default=None, sa_column=utc_column())
    retry_at: datetime = Field(sa_column=utc_column(nullable=False))
    held_by: str | None = None
    failures: int = 0
    losses: int = 0
    # What Slack shows, as a digest: drawing the same again needs no call.
    drawn: str = ""
    trouble: str | None = None

    @property
    def key(self) -> str:
        """What tells this message from every other."""
        return f"{self.kind}:{self.incident_id}:{self.subject}:{self.losses}"


STALE = "stale incidents"


def _note(session: Session, incident_id: int) -> None:
    """The worker is woken for this incident once the transaction is committed."""
    session.info.setdefault(STALE, set()).add(incident_id)


def add(session: Session, incident_id: int, kind: str, now: datetime, subject: str = "") -> Display:
    """Something more is to be shown."""
    display = Display(incident_id=incident_id, kind=kind, subject=subject, retry_at=now)
    session.add(display)
    _note(session, incident_id)
    return display


# Asked at every redraw: put together once.
_STALE = (
    select(Display)
    .where(
        Display.incident_id == sa.bindparam("of_incident"),
        col(Display.wanted) > col(Display.shown),
        col(Display.retry_at) <= sa.bindparam("now"),
    )
    .order_by(col(Display.id))
)
_STALE_TO_CLAIM = _STALE.with_for_update(skip_locked=True)


def stale(session: Session, incident_id: int, now: datetime) -> Sequence[Display]:
    """What must be drawn of an incident now, in the order it was added."""
    return session.exec(_STALE, params={"of_incident": incident_id, "now": now}).all()


def _change(*which: sa.ColumnElement[bool]) -> sa.Update:
    """A change of several displays, in the order of their numbers: two who change the same wait in no circle."""
    in_order = select(Display.id).where(*which).order_by(col(Display.id)).with_for_update()
    return sa.update(Display).where(col(Display.id).in_(in_order)).execution_options(synchronize_session=False)


# At every click: put together once.
_OUTDATE = _change(
    col(Display.incident_id) == sa.bindparam("of_incident"),
    col(Display.kind).in_(sa.bindparam("kinds", expanding=True)),
).values(wanted=Display.wanted + 1)


def outdate(session: Session, incident_id: int, kinds: Sequence[str] = (CARD, DIGEST, TOPIC, RUN, PARTNER)) -> None:
    """The incident changed: what is shown of it must be drawn again."""
    _note(session, incident_id)
    session.connection().execute(_OUTDATE, {"of_incident": incident_id, "kinds": list(kinds)})


def outdate_subjects(session: Session, incident_id: int, kinds: Sequence[str], subject: str) -> None:
    """One thing changed of which several messages tell: those named after it, alone or before a colon."""
    _note(session, incident_id)
    named = sa.or_(col(Display.subject) == subject, col(Display.subject).startswith(f"{subject}:"))
    theirs = (col(Display.incident_id) == incident_id, col(Display.kind).in_(kinds), named)
    session.connection().execute(_change(*theirs).values(wanted=Display.wanted + 1))


def hold(session: Session, incident_id: int) -> None:
    """Everything shown of an incident is ours to change until the transaction ends, in whatever order."""
    session.exec(_HELD, params={"of_incident": incident_id}).all()


_HELD = (
    select(Display.id)
    .where(Display.incident_id == sa.bindparam("of_incident"))
    .order_by(col(Display.id))
    .with_for_update()
)
_OF_INCIDENT = select(Display).where(Display.incident_id == sa.bindparam("of_incident")).order_by(col(Display.id))


def of_incident(session: Session, incident_id: int) -> Sequence[Display]:
    """Everything shown of an incident."""
    return session.exec(_OF_INCIDENT, params={"of_incident": incident_id}).all()


_ONE = select(Display).where(
    Display.incident_id == sa.bindparam("of_incident"),
    Display.kind == sa.bindparam("kind"),
    Display.subject == sa.bindparam("subject"),
)


def find(session: Session, incident_id: int, kind: str, subject: str = "") -> Display | None:
    """One thing shown of an incident."""
    which = {"of_incident": incident_id, "kind": kind, "subject": subject}
    return session.exec(_ONE, params=which).first()


def at(session: Session, kind: str, channel_id: str, ts: str) -> Display | None:
    """What of this kind is shown by that message."""
    return session.exec(
        select(Display).where(Display.kind == kind, Display.channel_id == channel_id, Display.ts == ts)
    ).first()


def is_shown_by(session: Session, channel_id: str, ts: str) -> bool:
    """Is anything shown by that message?"""
    ours = select(Display.id).where(Display.channel_id == channel_id, Display.ts == ts)
    return session.exec(ours.limit(1)).first() is not None


def outdate_message(session: Session, channel_id: str, ts: str) -> Sequence[int]:
    """A message changed in Slack behind our back; gives back whose it is: no incident's when it is none of ours."""
    ours = sa.and_(col(Display.channel_id) == channel_id, col(Display.ts) == ts)
    numbers = session.exec(select(Display.incident_id).where(ours)).all()
    for number in numbers:
        _note(session, number)
    if numbers:
        session.connection().execute(_change(ours).values(wanted=Display.wanted + 1, drawn=""))
    return numbers


def stale_incidents(session: Session, now: datetime, limit: int = 100) -> Sequence[int]:
    """Incidents of which Slack shows less than is wanted, and that may be tried now."""
    return session.exec(
        select(Display.incident_id)
        .where(col(Display.wanted) > col(Display.shown), col(Display.retry_at) <= now)
        .distinct()
        .limit(limit)
    ).all()


def claim(session: Session, incident_id: int, owner: str, now: datetime) -> list[tuple[Display, datetime | None]]:
    """Hold what is stale of an incident for this process, each with the moment of an earlier first post.

    What somebody else is drawing, or waits for a later time, is left out.
    """
    stale = session.exec(_STALE_TO_CLAIM, params={"of_incident": incident_id, "now": now}).all()
    claims = [(display, display.attempted_at) for display in stale]
    for display in stale:
        display.attempted_at = display.attempted_at or now
        display.held_by, display.retry_at = owner, now + HELD_FOR
        session.add(display)
    return claims


def holders(session: Session) -> set[str]:
    """The processes that are drawing something, or died over it."""
    held = select(Display.held_by).where(
        col(Display.wanted) > col(Display.shown), col(Display.held_by).is_not(None)
    )
    return {name for name in session.exec(held.distinct()) if name}


def release(session: Session, owner: str, now: datetime) -> None:
    """What a process that has ended held is free again."""
    session.connection().execute(_change(col(Display.held_by) == owner).values(held_by=None, retry_at=now))


def show(
    session: Session, display: Display, channel_id: str | None, ts: str | None, drawn: str, now: datetime
) -> None:
    """Slack shows the state that was wanted when `display` was claimed; more may be wanted by now."""
    session.connection().execute(
        sa.update(Display)
        .where(col(Display.id) == display.id)
        .values(
            shown=display.wanted,
            channel_id=channel_id,
            ts=ts,
            drawn=drawn,
            held_by=None,
            retry_at=now,
            failures=0,
            trouble=None,
        )
    )


def lose(session: Session, display: Display, now: datetime) -> None:
    """The message was deleted by a person: it is to be posted anew, under a key of its own, and pinned again."""
    session.connection().execute(
        sa.update(Display)
        .where(col(Display.id) == display.id)
        .values(
            ts=None,
            attempted_at=None,
            shown=0,
            drawn="",
            losses=col(Display.losses) + 1,
            held_by=None,
            retry_at=now,
        )
    )
    if display.kind == CARD:
        session.connection().execute(
            sa.update(Display)
            .where(col(Display.incident_id) == display.incident_id, col(Display.kind) == PIN)
            .values(shown=0)
        )


def postpone(session: Session, display: Display, until: datetime, attempted_at: datetime | None) -> None:
    """Slack asked to wait; `attempted_at`: since when a first post may have arrived, None when none can have."""
    session.connection().execute(
        sa.update(Display)
        .where(col(Display.id) == display.id)
        .values(held_by=None, retry_at=until, attempted_at=attempted_at)
    )


def fail(session: Session, display: Display, reason: str, now: datetime) -> bool:
    """Slack refused; try again later and later. True when this trouble is new and should be told."""
    wait = min(RETRY_LONGEST, RETRY_FIRST * 2 ** min(display.failures, 10))
    session.connection().execute(
        sa.update(Display)
        .where(col(Display.id) == display.id)
        .values(failures=col(Display.failures) + 1, trouble=reason, held_by=None, retry_at=now + wait)
    )
    return display.trouble is None


def let_be(session: Session, display: Display) -> None:
    """This one cannot be shown any more, and nobody misses it."""
    session.connection().execute(
        sa.update(Display).where(col(Display.id) == display.id).values(shown=display.wanted, held_by=None)
    )


def give_up(session: Session, incident_id: int) -> None:
    """Nothing more can be shown (the channel is gone): stop trying."""
    session.connection().execute(_change(col(Display.incident_id) == incident_id).values(shown=Display.wanted))
