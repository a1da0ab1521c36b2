"""A page of incidents, and the form that filters them. Pure: Block Kit from data."""

from collections.abc import Collection, Sequence

from bot.config.floor import Floor
from bot.incidents.rules import Status
from bot.incidents.tables import Incident
from bot.incidents.views import marks
from bot.screens.incident_list import ids
from bot.screens.incident_list.rules import ALL, CLOSED, LONGEST_SEARCH, OPEN, PER_PAGE, Filter, period_phrase
from bot.slack.blocks import (
    Block,
    Message,
    actions,
    button,
    checkboxes,
    context,
    header,
    modal,
    multi_select,
    option,
    section,
    select,
    text_field,
)
from bot.slack.blocks import field as form_field
from bot.slack.text import channel_link, day_and_time, format_duration, one_line

EXAMPLES = "`/incident list closed S1` · `/incident list mine` · `/incident search crm last 7 days`"
PERIODS = {"24": "Last 24 hours", "168": "Last 7 days", "744": "Last 31 days", "2208": "Last 92 days"}
STATE_LABELS = {OPEN: "Open", CLOSED: "Closed", ALL: "Open and closed"}


def page(
    incidents: Sequence[Incident], list_filter: Filter, floor: Floor, leaderless: Collection[int] = ()
) -> Message:
    """A page; `incidents` has one more than fits if there is another page. Nobody leads the `leaderless`."""
    title = describe(list_filter, floor)
    incidents_on_page = incidents[:PER_PAGE]
    buttons = _page_buttons(list_filter, has_more=len(incidents) > PER_PAGE)
    if not incidents_on_page:
        text = _empty_page_text(list_filter)
        # The title shows how the filter was understood.
        titles = [] if list_filter.is_plain else [header(title)]
        return text, [*titles, section(text), actions(buttons)]
    lines = "\n".join(
        _line(incident, floor, is_led=incident.number not in leaderless) for incident in incidents_on_page
    )
    blocks = [header(title), section(lines), actions(buttons)]
    return f"{title}: {len(incidents_on_page)}", [*blocks, context(EXAMPLES)] if list_filter.is_plain else blocks


def _empty_page_text(list_filter: Filter) -> str:
    if list_filter.is_plain:
        return "Nothing is open. `/incident declare` opens an incident."
    if list_filter.page:
        return "That was all."
    advice = [("fewer words", list_filter.words), ("a longer period", list_filter.hours)]
    applicable_advice = " or ".join(text for text, is_applicable in advice if is_applicable)
    return f"No incident matches. Try {applicable_advice}." if applicable_advice else "No incident matches."


def _line(incident: Incident, floor: Floor, *, is_led: bool) -> str:
    channel = channel_link(incident.channel_id) if incident.channel_id else "no channel"
    leader = "" if is_led else ", *nobody leads*"
    state = f"{incident.status}{leader}, declared {day_and_time(incident.declared_at)}"
    ended_at = incident.resolved_at or incident.closed_at
    duration = f", lasted {format_duration(ended_at - incident.declared_at)}" if ended_at else ""
    emoji = floor.severity(incident.severity).emoji
    title = one_line(incident.title, 120)
    return (
        f"{emoji} *{incident.severity}* #{incident.number} {title}{marks(incident)} – {channel} {state}{duration}"
    )


def _page_buttons(list_filter: Filter, *, has_more: bool) -> list[Block]:
    buttons = [button("Filter…", ids.FILTER, list_filter.model_dump_json())]
    if list_filter.page:
        buttons.append(
            button("← Back", f"{ids.PAGE}.back", list_filter.at_page(list_filter.page - 1).model_dump_json())
        )
    if has_more:
        buttons.append(
            button("More →", f"{ids.PAGE}.more", list_filter.at_page(list_filter.page + 1).model_dump_json())
        )
    return buttons


def describe(list_filter: Filter, floor: Floor) -> str:
    """`My open incidents: S1, Manila, last 7 days, “crm”`."""
    owner_prefix = "my " if list_filter.is_mine else ""
    heading = (
        f"{owner_prefix}incidents" if list_filter.state == ALL else f"{owner_prefix}{list_filter.state} incidents"
    )
    parts = [
        *list_filter.severities,
        *(floor.types.get(name, name) for name in list_filter.types),
        *list_filter.sites,
        *([period_phrase(list_filter.hours)] if list_filter.hours else []),
        *([f"“{' '.join(list_filter.words)}”"] if list_filter.words else []),
        *([f"page {list_filter.page + 1}"] if list_filter.page else []),
    ]
    return heading.capitalize() + (f": {', '.join(parts)}" if parts else "")


def results(screen: Message) -> Block:
    """A page in place of the form."""
    return modal(ids.FORM, "Incidents", screen[1], close="Close")


def form(list_filter: Filter, floor: Floor) -> Block:
    states = [option(label, name) for name, label in STATE_LABELS.items()]
    states += [option(str(status).capitalize(), str(status)) for status in Status if status not in STATE_LABELS]
    severities = [option(f"{severity.emoji} {name}", name) for name, severity in floor.severities.items()]
    types = [option(title, name) for name, title in floor.types.items()]
    periods = [option("Any time", "0"), *(option(label, hours) for hours, label in _periods(list_filter).items())]
    search_text = " ".join(list_filter.words)
    blocks = [
        form_field("State", select(ids.STATE, states, initial=list_filter.state)),
        text_field(
            "Words",
            ids.WORDS,
            initial=search_text,
            longest=LONGEST_SEARCH,
            placeholder="crm login",
            hint="Searched for in title, impact, cause and type.",
            optional=True,
        ),
        form_field("Declared", select(ids.PERIOD, periods, initial=str(list_filter.hours)), optional=True),
        _multi_select_field("Severity", ids.SEVERITIES, severities, list_filter.severities),
        _multi_select_field("Type", ids.TYPES, types, list_filter.types),
    ]
    if floor.sites:
        sites = [option(site, site) for site in floor.sites]
        blocks.append(_multi_select_field("Site", ids.SITES, sites, list_filter.sites))
    mine = option("Declared by me, or I have a role", "mine")
    mine_checkbox = checkboxes(ids.MINE, [mine], initial=["mine"] if list_filter.is_mine else [])
    blocks.append(form_field("Mine", mine_checkbox, optional=True))
    return modal(ids.FORM, "Find incidents", blocks, submit="Show")


def _periods(list_filter: Filter) -> dict[str, str]:
    """The usual periods, and the filter's own if it is another one."""
    hours = list_filter.hours
    return PERIODS | (
        {str(hours): period_phrase(hours).capitalize()} if hours and str(hours) not in PERIODS else {}
    )


def _multi_select_field(label: str, name: str, options: Sequence[Block], initial_values: Sequence[str]) -> Block:
    return form_field(label, multi_select(name, options, initial=initial_values), optional=True)
