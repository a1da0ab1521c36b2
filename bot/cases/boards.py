"""The board: as shown by the command, on the home tab, and kept current in a channel."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot import outbox
from bot.cases import views
from bot.cases.capacity import ranking
from bot.cases.rules.board import Board, Wanted, board
from bot.cases.wording import age_in, translator, translator_of_reader
from bot.config.floor import Floor
from bot.directory.lookup import channel_id
from bot.incidents.facts import STALE_SOURCES
from bot.incidents.permissions import check_member
from bot.incidents.registry import Registry
from bot.outbox import kinds
from bot.outbox.kinds import Context
from bot.runtime.clock import utcnow
from bot.runtime.database import Row, insert_new, utc_column
from bot.services import Services
from bot.slack.blocks import Block, Message, context

# Colours change with time alone. Changes of cases are shown sooner, but a thousand of them in one redraw.
EVERY, SOON = timedelta(minutes=1), timedelta(seconds=5)
IN_CHANNEL, ON_HOME = 8, 5
SUBJECT = "case_board"


class BoardClock(Row, table=True):
    """When the board in a channel is redrawn next; the row `BALANCE` is the clock of intake and queues."""

    __tablename__ = "case_boards"

    channel: str = Field(primary_key=True)
    due_at: datetime = Field(sa_column=utc_column(nullable=False))


BALANCE = "balance"
NEXT_DUE = select(sa.func.min(BoardClock.due_at)).where(col(BoardClock.channel) != BALANCE)
NEXT_BALANCE = select(sa.func.min(BoardClock.due_at)).where(col(BoardClock.channel) == BALANCE)


def page(services: Services, wanted: Wanted, now: datetime, per_page: int = views.PER_PAGE) -> Board:
    with services.database.reading() as session:
        entries = ranking(session, services, now)
    return board(entries, wanted, now, per_page)


def screen(services: Services, wanted: Wanted, now: datetime) -> Message:
    """A page for any full member."""
    check_member(services, wanted.by)
    translate = translator_of_reader(services, wanted.by)
    text, blocks = views.board_screen(page(services, wanted, now), translate, now)
    with services.database.reading() as session:
        stale = services.get(Registry).ask(STALE_SOURCES)(session, services, ("cases",), now)
    warnings = [age_in(line, translate.language) for line in stale]
    return text, [*blocks, context(*warnings)] if warnings else blocks


def on_home(services: Services, user_id: str) -> list[Block]:
    """The home tab's blocks with the cases at risk first; empty if no case is open."""
    now = utcnow()
    home_page = page(services, Wanted(by=user_id), now, ON_HOME)
    return views.home_blocks(home_page, translator_of_reader(services, user_id), now) if home_page.total else []


def change_soon(session: Session, floor: Floor, now: datetime) -> None:
    """Schedule a redraw of the board in the channel after a change of a case."""
    channel = floor.cases.board
    insert_new(session, BoardClock(channel=BALANCE, due_at=now))
    if channel is None or insert_new(session, BoardClock(channel=channel, due_at=now)):
        return
    update_clock = sa.update(BoardClock).where(
        col(BoardClock.channel) == channel, col(BoardClock.due_at) > now + SOON
    )
    session.connection().execute(update_clock.values(due_at=now + SOON))


def refresh(services: Services, now: datetime) -> None:
    """Redraw the board in the channel; it is not sent if nothing changed."""
    channel = services.floor.cases.board
    with services.database.transaction() as session:
        is_other_channel = col(BoardClock.channel).not_in([channel or "", BALANCE])
        session.connection().execute(sa.delete(BoardClock).where(is_other_channel))
        update_clock = sa.update(BoardClock).where(col(BoardClock.channel) == channel)
        session.connection().execute(update_clock.values(due_at=now + EVERY))
        if channel and not outbox.enqueue(session, kinds.CASE_BOARD, SUBJECT, now, subject=SUBJECT):
            outbox.edit_named(session, None, kinds.CASE_BOARD, SUBJECT, now)


def set_balance_clock(session: Session, now: datetime) -> None:
    """Schedule the next check of intake and queues."""
    update_clock = sa.update(BoardClock).where(col(BoardClock.channel) == BALANCE)
    session.connection().execute(update_clock.values(due_at=now + EVERY))


def message(context: Context) -> Message:
    """The current board."""
    now = utcnow()
    first_page = page(context.services, Wanted(), now, IN_CHANNEL)
    return views.board_message(first_page, translator(context.services.floor.language), now)


def channel_of(context: Context) -> str:
    return channel_id(context.services, context.services.floor.cases.board or "")
