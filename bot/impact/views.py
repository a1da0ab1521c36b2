"""The screen of an incident's figures. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from bot.impact import ids
from bot.impact.figure_wording import (
    definitions,
    difference,
    formula,
    length,
    number,
    percent,
    queue_name,
    since_text,
)
from bot.impact.gathering import Origin
from bot.impact.rules.assessment import Assessment, Goal, Group
from bot.impact.rules.figures import Ratio, Totals
from bot.impact.rules.outlook import Outlook
from bot.impact.sentences import cost_text
from bot.slack.blocks import Block, Message, actions, button, context, section
from bot.slack.pages import page_of
from bot.slack.text import ago, listed, near_time, one_line

QUEUES_SHOWN, PLACES_SHOWN = 8, 5
SOURCE, ORIGINS_SHOWN, QUEUES_NAMED = 80, 5, 3
NO_FIGURES = (
    "There are no figures for the time of this incident yet. Drop a report of your contact centre (CSV or xlsx) "
    "into the channel, or add one interval by hand."
)
NONE_SINCE = (
    "No interval since this incident began is known yet; the last import was {ago}. Drop a newer report into the "
    "channel, or add one interval by hand."
)
OTHERS_ONLY = (
    "There are no figures of this incident's queues yet; {count} other {queues} figures. Drop a report of its "
    "queues into the channel, add one interval by hand, or correct its sites and partners: `/incident edit`."
)


def moment(seconds: int) -> datetime:
    """Seconds since 1970 as a datetime in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def figures_screen(
    incident_number: int,
    assessment: Assessment,
    imported_at: datetime | None,
    ahead: Outlook | None = None,
    page: int = 1,
    origins: Sequence[Origin] = (),
    *,
    now: datetime,
) -> Message:
    """The last interval, the totals since the start, a page each of queues, sites and partners, and the cost."""
    text = f"Figures of incident {incident_number}"
    if not assessment.whole.since.intervals:
        return text, [section(_missing(assessment, imported_at)), _buttons(incident_number, has_figures=False)]
    window, whole = assessment.window, assessment.whole
    blocks = [
        section(
            f"📊 *{text}* · last interval {near_time(moment(whole.latest_at), now)}{_passed(whole)}\n{_now(whole)}"
        ),
        section(f"*Since it began* ({since_text(window.start, window.end)})\n{_since(whole)}"),
    ]
    if cost := cost_text(assessment):
        blocks.append(section(f"*What it cost*\n{cost}"))
    if ahead:
        blocks.append(section(_outlook(ahead, now)))
    blocks += _tables(assessment, page)
    blocks.append(context(_small_print(assessment, imported_at)))
    if origins:
        blocks.append(context(_origins(origins, len(assessment.queues), now)))
    blocks.append(_buttons(incident_number, has_figures=True))
    return text, blocks


def _passed(group: Group) -> str:
    return "" if group.latest_passed_s is None else f", only its first {max(1, group.latest_passed_s // 60)} min"


def _missing(assessment: Assessment, imported_at: datetime | None) -> str:
    """Why there is nothing to show, and what to do."""
    if count := assessment.hidden_queues:
        queues = "queue has" if count == 1 else "queues have"
        return OTHERS_ONLY.format(count=number(count), queues=queues)
    return NONE_SINCE.format(ago=ago(imported_at)) if imported_at else NO_FIGURES


def _buttons(incident_number: int, *, has_figures: bool) -> Block:
    value = str(incident_number)
    elements = [button("Add an interval…", ids.ADD, value, style=None if has_figures else "primary")]
    if has_figures:
        elements += [button("Show the chart", ids.CHART, value), button("What if…", ids.WHAT_IF, value)]
    return actions(elements, block_id="figures")


def _now(group: Group) -> str:
    now = group.now
    parts = [
        f"Service level *{percent(now.service_level.value)}*{_goal(group.goal)}{_imported(group)}",
        f"offered {number(now.offered.value)}{_against(now.against_forecast, '')}",
        f"ASA {length(now.asa.value)}",
        f"AHT {length(now.aht.value)}{_against_length(now)}",
        f"abandoned {percent(now.abandonment.value)}",
    ]
    parts += [*_agents(group), *_use_of_agents(now)]
    if group.oldest_s is not None:
        parts.append(f"oldest {length(group.oldest_s)}")
    return " · ".join(parts)


def _agents(group: Group) -> list[str]:
    """`agents 38 staffed, 42 scheduled, 3 available, 41 required`: as far as it is known."""
    counts = (
        ("staffed", group.agents),
        ("scheduled", group.agents_scheduled),
        ("available", group.agents_available),
        ("required", group.agents_planned),
    )
    count_texts = [f"{number(amount)} {name}" for name, amount in counts if amount is not None]
    return [f"agents {', '.join(count_texts)}"] if count_texts else []


def _use_of_agents(totals: Totals) -> list[str]:
    """Adherence and occupancy, where they are known."""
    shares = (("adherence", totals.adherence.value), ("occupancy", totals.occupancy_told.value))
    return [f"{name} {percent(share, decimals=0)}" for name, share in shares if share is not None]


def _imported(group: Group) -> str:
    """The report's own service level for the last interval, by an unknown formula."""
    level = group.imported_level
    return f", {percent(level)} in the last interval as imported" if level is not None else ""


def _goal(goal: Goal | None) -> str:
    return f" (goal {percent(goal.target)})" if goal else ""


def _against(compared: Ratio, what: str) -> str:
    """` (−5 % of 210 expected, known for 1 of 2 intervals)`: only intervals where both are known are compared."""
    share = difference(compared.numerator, compared.denominator)
    return f" ({share} of {number(compared.denominator)}{what}{_missing_of(compared)})" if share else ""


def _missing_of(part: Ratio) -> str:
    return "" if part.is_whole else f", known for {part.known} of {part.of} intervals"


def _against_length(now: Totals) -> str:
    """How much longer the contacts are than planned, if that is known for all of them."""
    planned = now.forecast_aht.value if now.forecast_aht.is_whole and now.aht.is_whole else None
    share = difference(now.aht.value, planned) if planned else ""
    return f" ({share})" if share else ""


def _since(group: Group) -> str:
    since = group.since
    missing = _missing_of(since.service_level)
    return " · ".join(
        [
            f"Service level *{percent(since.service_level.value)}*{_goal(group.goal)}{missing}",
            f"offered {number(since.offered.value)}{_against(group.against_expected, ' expected')}",
            f"answered {number(since.answered.value)}",
            f"abandoned {percent(since.abandonment.value)}",
            f"ASA {length(since.asa.value)}",
            f"AHT {length(since.aht.value)}",
            *_use_of_agents(since),
        ]
    )


def _outlook(ahead: Outlook, now: datetime) -> str:
    level, backlog = (
        f"back about {near_time(moment(at), now)}" if at is not None else "not back within twelve hours"
        for at in (ahead.service_level_at, ahead.backlog_at)
    )
    # Too few agents have a usual backlog as well, but its return is no recovery.
    backlog_text = ": these agents are too few." if ahead.service_level_at is None else f" · backlog {backlog}"
    contacts_text = {"forecast": "as forecast", "usual": "as usual", "now": "as in the last interval"}[
        ahead.contacts
    ]
    return (
        f"*Time to recover* of {queue_name(ahead.queue)}\nService level {level}{backlog_text}\n"
        f"_If the cause is gone now, contacts come {contacts_text} and {ahead.agents} agents answer._"
    )


def _tables(assessment: Assessment, page: int) -> list[Block]:
    blocks = []
    for title, groups, per_page in (
        ("By queue", assessment.queues, QUEUES_SHOWN),
        ("By site", assessment.sites, PLACES_SHOWN),
        ("By partner", assessment.partners, PLACES_SHOWN),
    ):
        # A single group with everything in it would repeat the totals above.
        is_all = len(groups) == 1 and (title == "By queue" or groups[0].since == assessment.whole.since)
        if groups and not is_all:
            shown, pages_line = page_of(groups, page, per_page, "/incident figures")
            lines = [f"*{title}*", *(_group_line(group) for group in shown)]
            blocks += [section("\n".join(lines)), *pages_line]
    return blocks


def _group_line(group: Group) -> str:
    since = group.since
    parts = [f"SL {percent(since.service_level.value)}{_imported(group)}", f"offered {number(since.offered.value)}"]
    parts += [f"ASA {length(since.asa.value)}", f"abandoned {percent(since.abandonment.value)}"]
    lost = group.losses.contacts_lost
    parts += _use_of_agents(since)
    parts += [f"lost {number(lost)}"] if lost is not None and lost >= 1 else []
    return f"• *{queue_name(group.title)}* {' · '.join(parts)}"


def _small_print(assessment: Assessment, imported_at: datetime | None) -> str:
    forecast_count, expected_count = assessment.forecast_intervals, assessment.expected_intervals
    if not expected_count:
        expected = "nothing to compare with: no forecast, and no earlier weeks"
    elif forecast_count == expected_count:
        expected = "the forecast"
    else:
        usual = "the usual of the same weekday and time, from up to eight weeks"
        expected = usual if not forecast_count else f"the forecast, or {usual}"
    parts = [f"Service level: {formula(assessment.whole.goal)}.", f"Expected: {expected}{_range(assessment)}."]
    parts += definitions(assessment.whole.since)
    if assessment.restated:
        parts.append(f"{assessment.restated} interval{'s' if assessment.restated > 1 else ''} restated.")
    if hidden := assessment.hidden_queues:
        has = "has" if hidden == 1 else "have"
        parts.append(
            f"Only the queues of this incident's files and forms; {number(hidden)} more {has} figures, too."
        )
    if assessment.is_whole_floor:
        parts.append("The incident names no site and no partner, so all queues count: `/incident edit`.")
    if assessment.left_out:
        parts.append(_left_out(assessment.left_out))
    if assessment.window.is_cut:
        parts.append("Only its first seven days are counted.")
    if imported_at:
        parts.append(f"Last import {ago(imported_at)}.")
    return " ".join(parts)


def _left_out(left_out: Sequence[tuple[str, int]]) -> str:
    """The intervals that do not count, by queue and length."""
    counts = Counter(left_out).items()
    texts = [f"{queue_name(queue)} {count} × {length_s // 60} min" for (queue, length_s), count in counts]
    return f"Left out, because a later import covers the same time: {listed(texts, QUEUES_NAMED)}."


def _origins(origins: Sequence[Origin], queues: int, now: datetime) -> str:
    lines = [f"• {_origin(origin, queues, now, is_only=len(origins) == 1)}" for origin in origins[:ORIGINS_SHOWN]]
    more = [f"• {len(origins) - ORIGINS_SHOWN} earlier"] if len(origins) > ORIGINS_SHOWN else []
    return "\n".join(["Where these figures are from:", *lines, *more])


def _origin(origin: Origin, queues: int, now: datetime, *, is_only: bool) -> str:
    """`report.csv by @ana, 09:12: Billing, Support; Support corrected at 09:40`."""
    source = {"": "another incident", "form": "the form"}.get(origin.source, one_line(origin.source, SOURCE))
    by = f" by <@{origin.by}>" if origin.by else ""
    at, text = near_time(origin.at, now), f"{source}{by}"
    corrected = f"corrected at {near_time(origin.corrected_at, now)}" if origin.corrected_at else ""
    is_corrected = bool(corrected) and origin.corrected >= origin.queues
    if not (is_corrected and origin.corrected_at == origin.at):
        text += f", {at}"
    text += f", {corrected}" if is_corrected else ""
    queue_names = origin.queues | origin.corrected
    if queues > 1 and not (is_only and len(queue_names) == queues):
        text += f": {_queues(queue_names, queues)}"
    return text + (f"; {_queues(origin.corrected, queues)} {corrected}" if corrected and not is_corrected else "")


def _queues(names: Collection[str], total: int) -> str:
    if len(names) == total:
        return "all queues"
    shown_names = [queue_name(name) for name in sorted(names)[:QUEUES_NAMED]]
    return ", ".join(shown_names) + (f" and {len(names) - QUEUES_NAMED} more" if len(names) > QUEUES_NAMED else "")


def _range(assessment: Assessment) -> str:
    incident_points = [point for point in assessment.points if point.is_incident and point.low is not None]
    low, high = sum(point.low or 0 for point in incident_points), sum(point.high or 0 for point in incident_points)
    return f", between {number(low)} and {number(high)}" if incident_points and low < high else ""
