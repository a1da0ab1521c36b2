"""How load is spread over teams, and what could be moved. Pure."""

from collections.abc import Sequence

from bot.cases import ids
from bot.cases.rules.balance import DAY, Move, TeamLoad
from bot.slack.blocks import Block, actions, button, context, header, paragraphs, section
from bot.slack.text import format_duration, one_line

Screen = tuple[str, list[Block]]
NO_TEAMS = "No team has open cases, and floor.yaml names none under `cases: teams`."


def screen(teams: Sequence[TeamLoad], index: float | None, move: Move | None) -> Screen:
    """Each team in a line, and the suggestion with its button."""
    if not teams:
        return NO_TEAMS, [section(NO_TEAMS)]
    even = "" if index is None else f"Balance {index:.1f}: the largest load over the mean; 1.0 is even."
    blocks = [header("Load of the teams"), *paragraphs([_line(team) for team in teams], rest="")]
    if move:
        blocks += [
            section(f"Move *{move.count} cases* from {_name(move.source)} to {_name(move.target)}: {reason(move)}")
        ]
        value = f"{move.count}|{move.source}|{move.target}"
        blocks += [actions([button(f"Move {move.count} cases", ids.MOVE, value, style="primary")])]
    elif any(team.skill for team in teams):
        blocks.append(section("Nothing is worth moving."))
    return "Load of the teams", [*blocks, *([context(even)] if even else [])]


def _name(team: str) -> str:
    return one_line(team, 80) or "no team"


def _line(team: TeamLoad) -> str:
    load = f"{team.load:.1f} for each of {team.available}" if team.load is not None else "nobody on it"
    days = f", {team.backlog_days:.1f} days of backlog" if team.backlog_days is not None else ""
    where = f" ({one_line(team.region, 60)})" if team.region else ""
    return f"*{_name(team.team)}*{where}: {team.actionable} to work on, {team.unassigned} unassigned, {load}{days}"


def reason(move: Move) -> str:
    """Why, in figures."""
    people = "nobody" if move.source_load is None else f"{move.source_load:.1f} cases a person"
    source, target = _name(move.source), _name(move.target)
    before = f"{people} at {source}, {move.target_load:.1f} at {target} and {move.load_after:.1f} there afterwards"
    hours = format_duration(move.overlap)
    together = "at all hours" if move.overlap >= DAY else f"for {hours} of the next day"
    return f"{before}; both work {together}"


def moved_message(move: Move, count: int, names: str, who: str) -> Screen:
    """What both sides read."""
    text = f"{who} moved {count} cases from {_name(move.source)} to {_name(move.target)}: {reason(move)}"
    return text, [section(text), context(one_line(names, 500))]


def intake_text(region: str, count: int, usual: Sequence[int]) -> str:
    """What managers read of unusual intake."""
    mean = sum(usual) / len(usual) if usual else 0.0
    where = f" in {one_line(region, 60)}" if region else ""
    came = f"📈 {count} cases came{where} in the last hour; {mean:.1f} are usual at this time."
    return f"{came} `/incident balance` helps."


def queue_text(team: str, waiting: int, free: int) -> str:
    """What managers read of a long queue."""
    people = "nobody is free" if not free else "1 engineer is free" if free == 1 else f"{free} engineers are free"
    return f"📥 {waiting} cases wait unassigned for {_name(team)}, and {people}. `/incident balance` helps."
