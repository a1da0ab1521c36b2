"""Messages about rosters: what was read, which entries are not shifts, what changed. Pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.config.floor import Floor
from bot.shifts.comparing import Moved, Result
from bot.shifts.reading.wording import reason_in
from bot.shifts.tables import RosterState
from bot.shifts.views import MINE_COMMAND, PER_PAGE, place, times
from bot.slack.blocks import Message, paragraphs
from bot.slack.pages import page_of
from bot.slack.phrases import Translator
from bot.slack.text import escape, near_time, one_line

CHANGES = 12
NAMES_SHOWN, LEFT_OUT_SHOWN = 20, 10
ROSTERS_COMMAND = "/incident oncall rosters"


def changes_text(changes: Sequence[Moved], roster: str, floor: Floor, translate: Translator) -> str:
    """The message about one person's changes in a roster."""
    lines = [_change_line(each, floor, translate) for each in sorted(changes, key=_first_start)[:CHANGES]]
    if len(changes) > CHANGES:
        lines.append(
            translate("… and {count} more: {command}", count=len(changes) - CHANGES, command=f"`{MINE_COMMAND}`")
        )
    headline = translate("Your shifts changed (roster {name}):", name=one_line(roster, 60))
    return "\n".join([f"🗓️ {headline}", *lines])


def _first_start(change: Moved) -> datetime:
    return min(times[0] for times in (change.before, change.after) if times)


def _change_line(change: Moved, floor: Floor, translate: Translator) -> str:
    role = place(floor, translate, change.role, "")
    before = times(*change.before) if change.before else ""
    after = times(*change.after) if change.after else ""
    if not before:
        return f"• {translate('New: {when}, {role}', when=after, role=role)}"
    if not after:
        return f"• {translate('Not yours any more: {when}, {role}', when=before, role=role)}"
    return f"• {translate('{before} is now {after}, {role}', before=before, after=after, role=role)}"


def rosters_message(
    states: Sequence[RosterState], unknown: Sequence[str], translate: Translator, now: datetime, page: int = 1
) -> Message:
    """The last reading of each roster, and a page of the entries that are not shifts."""
    if not states:
        return translate("No roster was read yet. `docs/shifts.md` says how to name one in floor.yaml."), []
    headline = f"*{translate('Rosters')}*"
    lines = [headline]
    for state in states:
        when = near_time(state.read_at, now)
        reading_text = (
            translate("1 shift, read {when}", when=when)
            if state.shifts == 1
            else translate("{count} shifts, read {when}", count=state.shifts, when=when)
        )
        lines.append(f"*{escape(state.name)}*: {reading_text}")
        if state.error:
            lines.append(f"⚠️ {escape(state.error)}")
    entries = [
        f"• {escape(state.name)}, {_entry(where, reason, translate)}"
        for state in states
        for where, reason in state.left_out
    ]
    unknown_phrase = "{name} is not known in Slack, or more than one person is called that"
    entries += [f"• {translate(unknown_phrase, name=one_line(name, 100))}" for name in unknown]
    if entries:
        lines.append(f"*{translate('Entries that are not shifts, and people who are not known')}*")
    if unknown:
        lines.append(translate("`shifts: people` in floor.yaml says who they are."))
    shown, which_page = page_of(entries, page, PER_PAGE, ROSTERS_COMMAND)
    return headline, [*paragraphs([*lines, *shown], rest=""), *which_page]


def _entry(where: str, reason: str, translate: Translator) -> str:
    """An entry that is not a shift: where it is, and why."""
    language = translate.language
    return f"{one_line(reason_in(where, language), 120)}: {one_line(reason_in(reason, language), 250)}"


def _names(unknown: Sequence[str], translate: Translator) -> str:
    names = ", ".join(escape(name) for name in unknown[:NAMES_SHOWN])
    if len(unknown) <= NAMES_SHOWN:
        return names
    return translate("{names} and {count} more", names=names, count=len(unknown) - NAMES_SHOWN)


def result_text(result: Result | None, translate: Translator) -> str:
    """The result of importing a roster that was sent to the bot."""
    if result is None:
        return translate("Nothing changed since this roster was read last.")
    one_phrase = "{name}: 1 shift in the next two months counts now."
    count_phrase = "{name}: {count} shifts in the next two months count now."
    name = escape(result.name)
    counts_text = (
        translate(one_phrase, name=name)
        if result.shifts == 1
        else translate(count_phrase, name=name, count=result.shifts)
    )
    lines = [f"✅ {counts_text}"]
    if result.changed or result.removed:
        counts = {"added": result.added, "changed": result.changed, "removed": result.removed}
        lines.append(translate("New: {added} · changed: {changed} · gone: {removed}", **counts))
    if result.left_out:
        lines.append(translate("Entries that are not shifts: {count}", count=len(result.left_out)))
        lines += [f"• {_entry(each.where, each.reason, translate)}" for each in result.left_out[:LEFT_OUT_SHOWN]]
    if len(result.left_out) > LEFT_OUT_SHOWN:
        count = len(result.left_out) - LEFT_OUT_SHOWN
        lines.append(f"• {translate('… and {count} more: {command}', count=count, command=f'`{ROSTERS_COMMAND}`')}")
    if result.unknown:
        unknown_phrase = "Not known in Slack, or shared by several people: {names}. {command} lists them all."
        lines.append(
            translate(unknown_phrase, names=_names(result.unknown, translate), command=f"`{ROSTERS_COMMAND}`")
        )
    return "\n".join(lines)
