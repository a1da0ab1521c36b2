"""The people who were paged, with their answers; every query on them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.runtime.database import DUE_AT_ONCE, Numbered, due_rows, insert_new, next_due, partial_index, utc_column

VOLUNTEER = "volunteer"
# The occasion of a page that asks a person on the way to take command, followed by its time.
ARRIVAL = "arrival:"
PAGER_WAITING = "wanted"
PAGER_CALLED = "rung"
PAGER_FAILED = "failed"


class Answer(StrEnum):
    """The outcome of a page."""

    NONE = ""
    COMING = "coming"
    CANNOT = "cannot"
    # Was on the way, and did not take command when asked.
    LAPSED = "lapsed"
    SILENT = "silent"
    PASSED_OVER = "passed over"
    # Left the channel of a private incident: the page no longer lets them in.
    LEFT = "left"


class Page(Numbered, table=True):
    """A person told that they are needed. `occasion` is the tier or the command: nobody is told twice for one."""

    __tablename__ = "pages"
    __table_args__ = (
        sa.UniqueConstraint("incident_id", "occasion", "user_id"),
        partial_index("ix_pages_unanswered", "answer_by", where="answer_by IS NOT NULL"),
        partial_index("ix_pages_arrivals", "arrive_by", where="arrive_by IS NOT NULL"),
    )

    incident_id: int = Field(foreign_key="incidents.id")
    occasion: str
    user_id: str
    tier: int | None = None
    asked_by: str | None = None
    reason: str = ""
    told_at: datetime = Field(sa_column=utc_column(nullable=False))
    answer: str = Answer.NONE
    answered_at: datetime | None = Field(default=None, sa_column=utc_column())
    # The deadline after which no answer counts as silence; unset for people who are no longer needed.
    answer_by: datetime | None = Field(default=None, sa_column=utc_column())
    # When a person on the way is asked to take command; unset while somebody leads.
    arrive_by: datetime | None = Field(default=None, sa_column=utc_column())
    # Why the person could not be told, or what to know about them: "away".
    obstacle: str = ""
    pager: str | None = None

    @property
    def key(self) -> str:
        return f"page:{self.incident_id}:{self.occasion}:{self.user_id}"

    @property
    def asks_to_lead(self) -> bool:
        """True if it asks a person on the way to take command."""
        return self.occasion.startswith(ARRIVAL)

    @property
    def asked_by_other(self) -> str:
        """Who paged this person by name; empty for the ladder, and for people who paged themselves."""
        return self.asked_by if self.asked_by and self.asked_by != self.user_id else ""


# When the next person on the way is asked, and the next page counts as unanswered.
NEXT_ARRIVAL = next_due(col(Page.arrive_by))
NEXT_SILENCE = next_due(col(Page.answer_by))


def add_page(session: Session, page: Page) -> Page | None:
    """Insert a page; None if the person was already told on this occasion."""
    return existing_page(session, page) if insert_new(session, page) else None


def existing_page(session: Session, page: Page) -> Page:
    """This person's page on this occasion, which must exist."""
    return session.exec(
        select(Page).where(
            Page.incident_id == page.incident_id, Page.occasion == page.occasion, Page.user_id == page.user_id
        )
    ).one()


def get(session: Session, page_id: int) -> Page:
    """The page with that id, which must exist."""
    return session.get_one(Page, page_id)


def pages(session: Session, incident_id: int) -> Sequence[Page]:
    """Every page of an incident, in the order sent."""
    return session.exec(
        select(Page)
        .where(Page.incident_id == incident_id)
        .order_by(col(Page.id))
        .execution_options(populate_existing=True)
    ).all()


def pages_of_person(session: Session, incident_id: int, user_id: str) -> Sequence[Page]:
    """One person's pages for an incident, the newest first; without those that no longer ask for them."""
    return session.exec(
        select(Page)
        .where(Page.incident_id == incident_id, Page.user_id == user_id)
        .where(col(Page.answer).not_in((Answer.PASSED_OVER, Answer.LEFT)))
        .order_by(col(Page.id).desc())
    ).all()


def overdue_answers(session: Session, now: datetime) -> Sequence[Page]:
    return due_rows(session, Page, col(Page.answer_by), now)


def unanswered(session: Session) -> Sequence[tuple[Page, Incident]]:
    """Pages of open incidents that have no answer."""
    owes_answer = sa.or_(
        col(Page.answer) == Answer.SILENT,
        sa.and_(col(Page.answer) == Answer.NONE, col(Page.answer_by).is_not(None)),
    )
    query = select(Page, Incident).join(Incident, col(Incident.id) == col(Page.incident_id))
    is_open = (col(Incident.status).in_(OPEN), col(Incident.is_drill).is_(False))
    return session.exec(query.where(owes_answer, *is_open).order_by(col(Page.id)).limit(DUE_AT_ONCE)).all()


def mark_silent(session: Session, page_id: int, now: datetime) -> Page | None:
    """Mark a page as silent; None if an answer came meanwhile or another replica marked it."""
    result = session.connection().execute(
        sa.update(Page)
        .where(col(Page.id) == page_id, col(Page.answer_by) <= now)
        .values(answer=Answer.SILENT, answer_by=None)
    )
    return get(session, page_id) if result.rowcount else None


def clear_answer_deadlines(session: Session, incident_id: int) -> None:
    """Clear the answer deadlines, because somebody comes or the incident is over.

    People who are asked to take command still owe their answer: they are the ones who come.
    """
    session.connection().execute(
        sa.update(Page)
        .where(
            col(Page.incident_id) == incident_id,
            col(Page.answer_by).is_not(None),
            col(Page.occasion).not_like(f"{ARRIVAL}%"),
        )
        .values(answer_by=None)
    )


def expect_arrivals(session: Session, incident_id: int, arrive_by: datetime) -> None:
    """Set when everybody on the way is asked to take command."""
    session.connection().execute(
        sa.update(Page)
        .where(col(Page.incident_id) == incident_id, col(Page.answer) == Answer.COMING)
        .values(arrive_by=arrive_by)
    )


def due_arrivals(session: Session, now: datetime) -> Sequence[Page]:
    """Pages of people on the way who are to be asked to take command."""
    return due_rows(session, Page, col(Page.arrive_by), now)


def clear_arrivals(session: Session, incident_id: int) -> None:
    """Ask nobody on the way to take command; people who were asked and have not answered are still on the way."""
    is_asked = sa.and_(col(Page.occasion).startswith(ARRIVAL), col(Page.answer_by).is_not(None))
    session.connection().execute(
        sa.update(Page)
        .where(col(Page.incident_id) == incident_id, is_asked)
        .values(answer=Answer.COMING, answer_by=None)
    )
    session.connection().execute(
        sa.update(Page)
        .where(col(Page.incident_id) == incident_id, col(Page.arrive_by).is_not(None))
        .values(arrive_by=None)
    )


def lapse(session: Session, incident_id: int, user_id: str) -> None:
    """Record that a person is no longer on the way."""
    session.connection().execute(
        sa.update(Page)
        .where(
            col(Page.incident_id) == incident_id, col(Page.user_id) == user_id, col(Page.answer) == Answer.COMING
        )
        .values(answer=Answer.LAPSED, arrive_by=None)
    )


def is_awaited(session: Session, incident_id: int) -> bool:
    """True if somebody is on the way."""
    return any(page.answer == Answer.COMING for page in pages(session, incident_id))


def may_answer(session: Session, incident_id: int, now: datetime) -> bool:
    """True while somebody who was paged still has time to answer."""
    return any(page.answer_by and page.answer_by > now for page in pages(session, incident_id))


def set_pager(session: Session, page_id: int, state: str) -> None:
    session.connection().execute(sa.update(Page).where(col(Page.id) == page_id).values(pager=state))
