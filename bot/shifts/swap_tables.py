"""Requests to a colleague to take a shift or an open time; both must agree before the roster changes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError, require
from bot.runtime.database import Numbered, utc_column
from bot.slack.text import mention


class State(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    OVER = "over"  # another request settled it


class NoSuchSwap(WatchfloorError):
    """That has been answered already, or no longer exists."""

    es = "Eso ya tiene respuesta, o ya no existe."


class NotForYou(WatchfloorError):
    """That question is for {person}, so only they can answer it."""

    es = "Esa pregunta es para {person}; solo esa persona puede responder."


class NotYourShift(WatchfloorError):
    """That is the shift of {person}, so only they can swap it."""

    es = "Ese turno es de {person}; solo esa persona puede cambiarlo."


class TooLate(WatchfloorError):
    """That shift has begun already. Ask your manager to change the roster."""

    es = "Ese turno ya ha empezado. Pide a tu responsable que cambie el cuadrante."


class WhomMissing(WatchfloorError):
    """Choose a colleague's shift, or the colleague who takes yours."""

    es = "Elige el turno de otra persona, o a quién le das el tuyo."


class Swap(Numbered, table=True):
    """A request to a colleague to take a shift or an open time, with or without a shift of theirs in exchange."""

    __tablename__ = "shift_swaps"

    from_id: str
    to_id: str
    # `open_time_id` is set instead of `shift_id` if the colleague is asked to fill a gap.
    shift_id: int | None = Field(default=None, index=True)
    for_shift_id: int | None = Field(default=None, index=True)
    open_time_id: int | None = Field(default=None, index=True)
    # The times that the colleague was asked about; they may move before the answer. Older requests have none.
    starts_at: datetime | None = Field(default=None, sa_column=utc_column())
    ends_at: datetime | None = Field(default=None, sa_column=utc_column())
    for_starts_at: datetime | None = Field(default=None, sa_column=utc_column())
    for_ends_at: datetime | None = Field(default=None, sa_column=utc_column())
    state: str = State.ASKED


def asked(session: Session, number: int, of: str) -> Swap:
    """Return the request of this number if it is unanswered, locked. Raises `NoSuchSwap`, `NotForYou`."""
    query = select(Swap).where(Swap.id == number, Swap.state == State.ASKED).with_for_update()
    swap = require(session.exec(query.execution_options(populate_existing=True)).first(), NoSuchSwap)
    if swap.to_id != of:
        raise NotForYou(person=mention(swap.to_id))
    return swap


def asked_about(session: Session, shift_ids: Collection[int | None]) -> Sequence[Swap]:
    """Every unanswered request about one of these shifts."""
    numbers = [each for each in shift_ids if each]
    is_about = sa.or_(col(Swap.shift_id).in_(numbers), col(Swap.for_shift_id).in_(numbers))
    return session.exec(select(Swap).where(is_about, Swap.state == State.ASKED).order_by(col(Swap.id))).all()
