"""Load of the teams, and suggested moves. Pure; `translate` renders the reader's language."""

import json
from collections.abc import Sequence

from bot.cases import ids
from bot.cases.cluster_views import decimal
from bot.cases.rules.balance import DAY, Move, TeamLoad
from bot.slack.blocks import Message, actions, button, context, header, paragraphs, section
from bot.slack.phrases import Translator
from bot.slack.text import format_duration, one_line

NO_TEAMS = "No team has open cases, and floor.yaml names none under `cases: teams`."
HELP = "`/incident balance` helps."
NAMES_SHOWN = 10


def screen(teams: Sequence[TeamLoad], index: float | None, move: Move | None, translate: Translator) -> Message:
    """One line per team, and the suggestion with its button."""
    if not teams:
        return translate(NO_TEAMS), [section(translate(NO_TEAMS))]
    title = translate("Load of the teams")
    blocks = [header(title), *paragraphs([_line_of_team(team, translate) for team in teams], rest="")]
    if move:
        text = translate(
            "Move *{count} cases* from {source} to {target}: {why}", **_facts(move, move.count, translate)
        )
        value = json.dumps([move.count, move.source, move.target])
        label = translate("Move {count} cases", count=move.count)
        blocks += [section(text), actions([button(label, ids.MOVE, value, style="primary")])]
    elif any(team.skill for team in teams):
        blocks.append(section(translate("Nothing is worth moving.")))
    if index is not None:
        index_phrase = "Balance {index}: the largest load over the mean; {even} is even."
        blocks.append(
            context(translate(index_phrase, index=decimal(index, translate), even=decimal(1.0, translate)))
        )
    return title, blocks


def _name(team: str, translate: Translator) -> str:
    return one_line(team, 80) or translate("no team")


def _line_of_team(team: TeamLoad, translate: Translator) -> str:
    parts = [
        translate("{count} to work on", count=team.actionable),
        translate("{count} unassigned", count=team.unassigned),
        translate("nobody on it")
        if team.load is None
        else translate("{load} for each of {people}", load=decimal(team.load, translate), people=team.available),
    ]
    if team.backlog_days is not None:
        parts.append(translate("{days} days of backlog", days=decimal(team.backlog_days, translate)))
    region_note = f" ({one_line(team.region, 60)})" if team.region else ""
    return f"*{_name(team.team, translate)}*{region_note}: {', '.join(parts)}"


def _facts(move: Move, count: int, translate: Translator) -> dict[str, object]:
    source, target = _name(move.source, translate), _name(move.target, translate)
    return {"count": count, "source": source, "target": target, "why": reason(move, translate)}


def reason(move: Move, translate: Translator) -> str:
    load = move.source_load
    people = (
        translate("nobody") if load is None else translate("{load} cases a person", load=decimal(load, translate))
    )
    loads_text = translate(
        "{people} at {source}, {load} at {target} and {after} there afterwards",
        people=people,
        source=_name(move.source, translate),
        load=decimal(move.target_load, translate),
        target=_name(move.target, translate),
        after=decimal(move.load_after, translate),
    )
    hours = format_duration(move.overlap)
    hours_phrase = "both work at all hours" if move.overlap >= DAY else "both work for {hours} of the next day"
    return f"{loads_text}; {translate(hours_phrase, hours=hours)}"


def moved_message(move: Move, names: Sequence[str], person: str, translate: Translator) -> Message:
    """The message to the managers of both teams."""
    text = translate(
        "{person} moved {count} cases from {source} to {target}: {why}",
        person=person,
        **_facts(move, len(names), translate),
    )
    shown_names = names if len(names) <= NAMES_SHOWN else names[: NAMES_SHOWN - 1]
    more = (
        [translate("and {count} more", count=len(names) - len(shown_names))]
        if len(names) > len(shown_names)
        else []
    )
    return text, [section(text), context(one_line(", ".join([*shown_names, *more]), 500))]


def intake_text(region: str, count: int, usual: Sequence[int], translate: Translator) -> str:
    """The alert to managers about unusual intake."""
    usual_mean = decimal(sum(usual) / len(usual) if usual else 0.0, translate)
    region_text, intake_phrase = (
        one_line(region, 60),
        "{count} cases came in the last hour; {usual} are usual at this time.",
    )
    if region_text:
        intake_phrase = "{count} cases came in {region} in the last hour; {usual} are usual at this time."
    return f"📈 {translate(intake_phrase, count=count, usual=usual_mean, region=region_text)} {translate(HELP)}"


def queue_text(team: str, waiting: int, free: int, translate: Translator) -> str:
    """The alert to managers about a long queue."""
    people = translate("nobody is free")
    if free:
        people = (
            translate("1 engineer is free") if free == 1 else translate("{count} engineers are free", count=free)
        )
    queue_phrase = "{count} cases wait unassigned for {team}, and {people}."
    if waiting == 1:
        queue_phrase = "1 case waits unassigned for {team}, and {people}."
    return (
        f"📥 {translate(queue_phrase, count=waiting, team=_name(team, translate), people=people)} {translate(HELP)}"
    )
