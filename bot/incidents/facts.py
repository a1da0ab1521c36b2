"""Questions about an incident that nouns answer for each other, as plain data; see `Registry.ask`."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.incidents.registry import Fact
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.blocks import Block


@dataclass(frozen=True)
class UpdatesKept:
    """How many updates were promised by the clock, and how many of them were sent in time."""

    kept: int = 0
    promised: int = 0


@dataclass(frozen=True)
class TakenStep:
    """An open playbook step that somebody has taken."""

    title: str
    owner_id: str


def _never(session: Session, number: int, audiences: Collection[str] | None = None) -> datetime | None:
    return None


def _no_steps(session: Session, number: int) -> list[TakenStep]:
    return []


def _nobody(session: Session, number: int) -> Collection[str]:
    return ()


def _no_updates(session: Session, number: int) -> UpdatesKept:
    return UpdatesKept()


def _nothing_to_read(services: Services, incident: Incident, user_id: str) -> Sequence[Block]:
    return ()


def _not_private(services: Services, incident: Incident) -> bool:
    return False


NextUpdate = Callable[[Session, int, Collection[str] | None], datetime | None]
# When the next update is due: to any audience, or to one of those named.
NEXT_UPDATE: Fact[NextUpdate] = Fact("next update", _never)
# The open steps that somebody has taken, in the order of their playbooks.
STEPS_TAKEN: Fact[Callable[[Session, int], list[TakenStep]]] = Fact("steps taken", _no_steps)
# The audiences that an update was composed for.
AUDIENCES_TOLD: Fact[Callable[[Session, int], Collection[str]]] = Fact("audiences told", _nobody)
# How promised updates were kept.
UPDATES_KEPT: Fact[Callable[[Session, int], UpdatesKept]] = Fact("updates kept", _no_updates)
# What a colleague reads who joins an open incident late.
CATCH_UP: Fact[Callable[[Services, Incident, str], Sequence[Block]]] = Fact("catch up", _nothing_to_read)
# Is an incident like this one (which is not declared yet) private unless somebody says otherwise?
PRIVATE_BY_DEFAULT: Fact[Callable[[Services, Incident], bool]] = Fact("private by default", _not_private)
