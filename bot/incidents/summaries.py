"""The summary of an incident for a person who takes over or catches up, composed of the nouns' parts."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlmodel import Session

from bot import directory
from bot.incidents import incidents, situation_tables
from bot.incidents.facts import FIGURE_SENTENCES
from bot.incidents.registry import Registry, SummaryPart
from bot.incidents.rules import OPEN, Status
from bot.incidents.situation import Certainty, Situation, SituationField
from bot.incidents.tables import Incident
from bot.incidents.views import STATUS_EMOJI, figures_line
from bot.services import Services
from bot.slack.text import ELLIPSIS, mentions, near_time, one_line, to_plain_text
from bot.timeline import timeline
from bot.timeline.rules import DECISION, RULED_OUT
from bot.timeline.tables import TimelineEntry
from bot.timeline.wording import user_ids_in

LINES_SHOWN = 6
LINE = 300
STATE, DECISIONS, RULED_OUT_PART, CALLERS_HEAR, OPEN_STEPS, PROMISES, WAITING = 10, 20, 30, 35, 40, 50, 60
MONEY_OWED = 70
CHANGES = 80


class Part(Struct, frozen=True):
    """A part of a summary; the lines are mrkdwn."""

    position: int
    title: str
    lines: Sequence[str]

    @property
    def text(self) -> str:
        return "\n".join([f"*{self.title}*", *(f"• {line}" for line in self.lines)])


def summarise(session: Session, services: Services, incident: Incident, now: datetime) -> list[Part]:
    """The parts that are not empty, in order; long ones end with how many more lines there are."""
    parts = sorted(services.get(Registry).summary_parts, key=lambda part: part.position)
    composed_parts = (
        Part(part.position, part.title, _shorten(part.lines(session, services, incident, now))) for part in parts
    )
    return [part for part in composed_parts if part.lines]


def _shorten(lines: Sequence[str]) -> list[str]:
    if len(lines) <= LINES_SHOWN:
        return list(lines)
    return [*lines[: LINES_SHOWN - 1], f"{ELLIPSIS} and {len(lines) - LINES_SHOWN + 1} more"]


def _state(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    emoji, status = services.floor.severity(incident.severity).emoji, incident.status
    state = f"{emoji} {incident.severity}, {STATUS_EMOJI.get(status, '')} {status}"
    situation = situation_tables.current(session, incident.number)
    figures = services.get(Registry).ask(FIGURE_SENTENCES)(session, incident.number, "en").line
    return [
        f"{state}, declared {near_time(incident.declared_at, now)}{_roles(session, services, incident)}",
        *filter(None, [figures_line(figures)]),
        *situation_lines(situation, status),
    ]


def _roles(session: Session, services: Services, incident: Incident) -> str:
    """Who holds the roles other than command, which is what a handover is about."""
    titles = {str(key): role.title.lower() for key, role in services.floor.roles.items() if key != "commander"}
    holders = incidents.roles(session, incident.number)
    return "".join(f" · {titles[role]} {mentions(ids)}" for role, ids in holders.items() if role in titles and ids)


def situation_lines(situation: Situation, status: str) -> list[str]:
    """Impact, cause, actions and needs, a line each; a missing impact or cause is marked as such."""
    cause = one_line(situation.text(SituationField.CAUSE), LINE)
    # As in updates.
    is_unknown = status == Status.INVESTIGATING or situation.certainty == Certainty.UNKNOWN
    no_cause = "not known yet" if is_unknown else "not described yet"
    suspected_mark = " (suspected)" if situation.certainty == Certainty.SUSPECTED else ""
    actions = one_line(situation.text(SituationField.ACTIONS), LINE)
    needs = one_line(situation.text(SituationField.NEEDS), LINE)
    return [
        f"*Impact:* {one_line(situation.text(SituationField.IMPACT), LINE) or 'not described yet'}",
        f"*Cause{suspected_mark}:* {cause or no_cause}",
        *([f"*Under way:* {actions}"] if actions and status in OPEN else []),
        *([f"*Needed:* {needs}"] if needs else []),
    ]


def _decisions(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    return _labelled(session, incident, DECISION, now)


def _ruled_out(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    return _labelled(session, incident, RULED_OUT, now)


def _labelled(session: Session, incident: Incident, label: str, now: datetime) -> list[str]:
    """The entries with a label as lines, newest first because the newest is what counts now."""
    entries = list(reversed(timeline.with_labels(session, incident.number, [label])))
    names = directory.display_names(session, {user_id for entry in entries for user_id in user_ids_in(entry.facts)})
    return [f"{_text(entry, names)} ({near_time(entry.at, now)})" for entry in entries]


def _text(entry: TimelineEntry, names: dict[str, str]) -> str:
    corrected_text = (entry.correction or {}).get("words")
    return one_line(str(corrected_text or to_plain_text(str(entry.facts.get("text") or ""), names.get)), LINE)


PARTS = (
    SummaryPart(STATE, "Where it stands", _state),
    SummaryPart(DECISIONS, "Decisions", _decisions),
    SummaryPart(RULED_OUT_PART, "Ruled out", _ruled_out),
)
