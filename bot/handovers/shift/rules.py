"""Shift handovers: the order of the items, which of them are unchanged, what is missing. Pure."""

import hashlib
import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from msgspec import convert
from msgspec.structs import asdict

from bot.errors import WatchfloorError
from bot.incidents.handover_items import HandoverItem

# The condition of an incident, by its status: I-PASS calls it illness severity.
STABILITY = {
    "investigating": "unstable",
    "identified": "watch closely",
    "mitigated": "improving",
    "monitoring": "steady",
}
RANKS = ("S0", "P1", "S1", "P2", "S2", "P3", "S3", "P4", "S4", "P5")
MOST_ITEMS = 200


class ShiftState(StrEnum):
    """The state of a shift handover."""

    OFFERED = "offered"
    COMPLETE = "complete"
    ENDED = "ended"  # offered again, or nothing is left to accept and not everything was accepted


class NothingToHandOver(WatchfloorError):
    """Nothing is open: there is nothing to hand over. Say so to your colleague, and have a good rest."""

    es = "No hay nada abierto, así que no hay nada que entregar. Díselo a quien llega, y buen descanso."


class OthersAreAccountable(WatchfloorError):
    """What is open is with {people}, so you have no items to hand over. As a commander, hand over command with
    `/incident handover @name` in the incident's channel."""

    es = (
        "De lo que está abierto responde {people}, así que no tienes nada que entregar. Si eres comandante, "
        "entrega el mando con `/incident handover @nombre` en el canal del incidente."
    )


class NotToYourself(WatchfloorError):
    """Choose the colleague who takes over from you."""

    es = "Elige a la persona que toma el relevo."


class AbsentNow(WatchfloorError):
    """{person} is absent until {when}, so they cannot accept anything before. Choose a colleague who is here."""

    es = "{person} no está hasta {when}, así que antes no puede aceptar nada. Elige a alguien que esté."


class NotYourShift(WatchfloorError):
    """This handover is for {person}, so only they can answer it."""

    es = "Este relevo es para {person}; solo esa persona puede responder."


class NotAccountable(WatchfloorError):
    """{person} is accountable for that, so only they can hand it over."""

    es = "{person} responde de eso; solo esa persona puede entregarlo."


class ItemAnswered(WatchfloorError):
    """That was answered already: {state}."""

    es = "Eso ya tiene respuesta."


class RepeatFirst(WatchfloorError):
    """First say the most important items in your own words: *Repeat the top items*. Then accept them."""

    es = "Di primero lo más importante con tus palabras: *Repetir lo principal*. Después acepta."


class RepeatMissing(WatchfloorError):
    """Say in your own words what is most important, and what you will do first."""

    es = "Di con tus palabras qué es lo más importante y qué harás primero."


class QuestionMissing(WatchfloorError):
    """Please write what you need to know before you take it."""

    es = "Escribe qué necesitas saber antes de aceptarlo."


class AnswerMissing(WatchfloorError):
    """Please answer the question."""

    es = "Responde a la pregunta."


class NotYourQuestion(WatchfloorError):
    """That question is for {person}; both people of the handover may answer it as well."""

    es = "Esa pregunta es para {person}; también puede responder quien entrega o quien recibe el turno."


class NextStepMissing(WatchfloorError):
    """Please write what is done next, by whom and by when."""

    es = "Escribe qué se hace después, quién y para cuándo."


def in_order(items: Iterable[HandoverItem]) -> list[HandoverItem]:
    """Sort by severity, most severe first; then what needs a next step, incidents, and the rest by due time."""
    last = len(RANKS)

    def rank(item: HandoverItem) -> tuple[int, bool, bool, str, str]:
        severity = RANKS.index(item.severity) if item.severity in RANKS else last
        due = item.due_at.isoformat() if item.due_at else "9999"
        return severity, not item.needs_next_step, not item.key.startswith("incident:"), due, item.key

    return sorted(items, key=rank)


def lacks_next_step(item: HandoverItem) -> bool:
    """Whether a required next step is missing."""
    return item.needs_next_step and not item.next_step.strip()


def fingerprint(item: HandoverItem) -> str:
    """Return a hash of the item's content, to tell whether the item has changed.

    Its next updates are others in every shift: that is no change.
    """
    facts = {name: fact for name, fact in to_json(item).items() if name != "updates"}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def to_json(item: HandoverItem) -> dict[str, Any]:
    """Return the item as JSON, as the incoming person read it."""
    facts = asdict(item)
    facts["due_at"] = item.due_at.isoformat() if item.due_at else None
    return facts


def from_json(stored_item: dict[str, Any]) -> HandoverItem:
    return convert(stored_item, HandoverItem)
