"""How load is spread over teams, and what could be moved. Pure; `say` is the reader's language."""

from collections.abc import Sequence

from bot.cases import ids
from bot.cases.cluster_views import decimal
from bot.cases.rules.balance import DAY, Move, TeamLoad
from bot.slack.blocks import Block, actions, button, context, header, paragraphs, section
from bot.slack.phrases import Wording
from bot.slack.text import format_duration, one_line

Screen = tuple[str, list[Block]]
NO_TEAMS = "No team has open cases, and floor.yaml names none under `cases: teams`."
HELP = "`/incident balance` helps."
NAMED = 10


def screen(teams: Sequence[TeamLoad], index: float | None, move: Move | None, say: Wording) -> Screen:
    """Each team in a line, and the suggestion with its button."""
    if not teams:
        return say(NO_TEAMS), [section(say(NO_TEAMS))]
    title = say("Load of the teams")
    blocks = [header(title), *paragraphs([_line(team, say) for team in teams], rest="")]
    if move:
        text = say("Move *{count} cases* from {source} to {target}: {why}", **_facts(move, move.count, say))
        value = f"{move.count}|{move.source}|{move.target}"
        label = say("Move {count} cases", count=move.count)
        blocks += [section(text), actions([button(label, ids.MOVE, value, style="primary")])]
    elif any(team.skill for team in teams):
        blocks.append(section(say("Nothing is worth moving.")))
    if index is not None:
        even = "Balance {index}: the largest load over the mean; {even} is even."
        blocks.append(context(say(even, index=decimal(index, say), even=decimal(1.0, say))))
    return title, blocks


def _name(team: str, say: Wording) -> str:
    return one_line(team, 80) or say("no team")


def _line(team: TeamLoad, say: Wording) -> str:
    parts = [
        say("{count} to work on", count=team.actionable),
        say("{count} unassigned", count=team.unassigned),
        say("nobody on it")
        if team.load is None
        else say("{load} for each of {people}", load=decimal(team.load, say), people=team.available),
    ]
    if team.backlog_days is not None:
        parts.append(say("{days} days of backlog", days=decimal(team.backlog_days, say)))
    where = f" ({one_line(team.region, 60)})" if team.region else ""
    return f"*{_name(team.team, say)}*{where}: {', '.join(parts)}"


def _facts(move: Move, count: int, say: Wording) -> dict[str, object]:
    source, target = _name(move.source, say), _name(move.target, say)
    return {"count": count, "source": source, "target": target, "why": reason(move, say)}


def reason(move: Move, say: Wording) -> str:
    """Why, in figures."""
    load = move.source_load
    people = say("nobody") if load is None else say("{load} cases a person", load=decimal(load, say))
    before = say(
        "{people} at {source}, {load} at {target} and {after} there afterwards",
        people=people,
        source=_name(move.source, say),
        load=decimal(move.target_load, say),
        target=_name(move.target, say),
        after=decimal(move.load_after, say),
    )
    hours = format_duration(move.overlap)
    together = "both work at all hours" if move.overlap >= DAY else "both work for {hours} of the next day"
    return f"{before}; {say(together, hours=hours)}"


def moved_message(move: Move, names: Sequence[str], who: str, say: Wording) -> Screen:
    """What both sides read."""
    text = say(
        "{person} moved {count} cases from {source} to {target}: {why}", person=who, **_facts(move, len(names), say)
    )
    shown = names if len(names) <= NAMED else names[: NAMED - 1]
    more = [say("and {count} more", count=len(names) - len(shown))] if len(names) > len(shown) else []
    return text, [section(text), context(one_line(", ".join([*shown, *more]), 500))]


def intake_text(region: str, count: int, usual: Sequence[int], say: Wording) -> str:
    """What managers read of unusual intake."""
    mean = decimal(sum(usual) / len(usual) if usual else 0.0, say)
    where, came = one_line(region, 60), "{count} cases came in the last hour; {usual} are usual at this time."
    if where:
        came = "{count} cases came in {region} in the last hour; {usual} are usual at this time."
    return f"📈 {say(came, count=count, usual=mean, region=where)} {say(HELP)}"


def queue_text(team: str, waiting: int, free: int, say: Wording) -> str:
    """What managers read of a long queue."""
    people = say("nobody is free")
    if free:
        people = say("1 engineer is free") if free == 1 else say("{count} engineers are free", count=free)
    waits = "{count} cases wait unassigned for {team}, and {people}."
    return f"📥 {say(waits, count=waiting, team=_name(team, say), people=people)} {say(HELP)}"
