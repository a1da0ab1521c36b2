"""An incident's views: its card, its digest and its topic. Pure: Block Kit from data."""

from datetime import datetime

from msgspec import Struct, field

from bot.config.floor import Floor
from bot.incidents import ids
from bot.incidents.bridge_rules import bridge_of, bridge_text
from bot.incidents.caller_views import CallerMessageOn, callers_hear_line
from bot.incidents.rules import OPEN
from bot.incidents.situation import CERTAINTY_TITLES, NOTHING_RECORDED, Certainty, Situation, SituationField
from bot.incidents.tables import Incident
from bot.slack.blocks import TOPIC_TEXT, Block, Message, actions, button, context, header, section
from bot.slack.text import (
    ago,
    channel_link,
    day_and_time,
    escape,
    format_duration,
    listed,
    live_times,
    mention,
    mentions,
    near_time,
    one_line,
)

TITLE_SHOWN = 140
ABOUT_SHOWN = 20
IMPACT_SHOWN = 280
LINE_SHOWN = 140

STATUS_EMOJI = {
    "investigating": "🔎",
    "identified": "🎯",
    "mitigated": "🩹",
    "monitoring": "👀",
    "resolved": "✅",
    "closed": "🔒",
    "declined": "🚫",
    "merged": "🔗",
}


class IncidentLink(Struct, frozen=True):
    """Another incident that this one names: the one it was merged into, one merged into it, or a related one."""

    kind: str
    number: int
    channel_id: str

    def __str__(self) -> str:
        return f"#{self.number} {channel_link(self.channel_id)}" if self.channel_id else f"#{self.number}"


MERGED_INTO, MERGED_HERE, RELATED = "Merged into", "Merged into this one", "Related"


class IncidentFacts(Struct, frozen=True):
    """Everything that the card and the digest show."""

    incident: Incident
    roles: dict[str, list[str]]
    now: datetime
    next_update_at: datetime | None = None
    progress: tuple[str, ...] = ()
    next_step: str = ""
    troubles: tuple[str, ...] = field(default=())
    situation: Situation = NOTHING_RECORDED
    # The contact centre's figures in one line.
    figures: str = ""
    callers_hear: tuple[CallerMessageOn, ...] = ()
    links: tuple[IncidentLink, ...] = ()

    @property
    def merged_into(self) -> IncidentLink | None:
        return next((link for link in self.links if link.kind == MERGED_INTO), None)


def card(facts: IncidentFacts, floor: Floor) -> Message:
    """The pinned card of an incident: fallback text and blocks. It must fit on a phone's screen."""
    incident = facts.incident
    blocks = [
        header(f"{floor.severity(incident.severity).emoji} {incident.severity} · {incident.title}"),
        section("\n".join(line for line in _lines(facts, floor) if line)),
    ]
    if facts.progress:
        blocks.append(section("\n".join([*facts.progress, facts.next_step]).rstrip()))
    blocks.append(actions(_card_buttons(facts, floor), block_id="card"))
    blocks.append(context(f"{_about(incident, floor)} · declared by {mention(incident.declared_by)}"))
    if incident.is_active and (reactions := _reactions(floor)):
        blocks.append(context(reactions))
    if facts.links:
        blocks.append(context(*_links(facts)))
    if facts.troubles:
        blocks.append(context(*(f"⚠️ {escape(trouble)}" for trouble in facts.troubles)))
    return f"{incident.severity} {incident.status}: {one_line(incident.title, TITLE_SHOWN)}", blocks


def _reactions(floor: Floor) -> str:
    """The line that explains what reactions do; on the card, because people read it first."""
    names = floor.timeline.reactions
    meanings = {
        "important": names.mark,
        "decision": names.decision,
        "ruled out": names.ruled_out,
        "customer impact": names.customer_impact,
        "follow-up": (floor.followups.reaction,),
    }
    explanations = [f":{names[0]}: {meaning}" for meaning, names in meanings.items() if names and names[0]]
    return f"React to a message to put it on record: {', '.join(explanations)}" if explanations else ""


def _lines(facts: IncidentFacts, floor: Floor) -> list[str]:
    incident = facts.incident
    bridge = bridge_text(incident, floor) if incident.status in OPEN else ""
    return [
        _impact(incident),
        figures_line(facts.figures),
        *_situation_lines(facts.situation, is_open=incident.status in OPEN),
        callers_hear_line(facts.callers_hear, facts.now),
        _state(facts),
        _roles(facts, floor),
        bridge,
    ]


def figures_line(figures: str) -> str:
    """The figures in a line; empty if there are none."""
    return f"📊 {figures[:1].upper()}{figures[1:]}" if figures else ""


def _links(facts: IncidentFacts) -> list[str]:
    by_kind: dict[str, list[str]] = {}
    for link in facts.links:
        by_kind.setdefault(link.kind, []).append(str(link))
    return [f"*{kind}* {', '.join(links)}" for kind, links in by_kind.items()]


def _state(facts: IncidentFacts) -> str:
    parts = [f"*{_status(facts.incident)}*", _duration(facts)]
    if facts.next_update_at:
        parts.append(f"next update {near_time(facts.next_update_at, facts.now)}")
    return " · ".join(parts)


def _card_buttons(facts: IncidentFacts, floor: Floor) -> list[Block]:
    number = str(facts.incident.number)
    if facts.incident.status in ("closed", "declined"):
        return [button("Reopen…", ids.REOPEN, number)]
    if facts.incident.status == "merged":
        # Work continues in the other incident, which has the buttons.
        return [button("Catch me up", ids.CATCH_UP, number)]
    buttons = []
    if not facts.roles.get("commander"):
        buttons.append(button("Take command", f"{ids.CLAIM}.commander", f"{number}:commander", style="primary"))
    if not facts.roles.get("communications_lead"):
        label = f"Take {floor.roles['communications_lead'].title.lower()}"
        buttons.append(button(label, f"{ids.CLAIM}.communications_lead", f"{number}:communications_lead"))
    if facts.roles.get("commander") and facts.incident.status in OPEN:
        buttons.append(button("Hand over…", ids.HAND_OVER, number))
    if facts.incident.status == "resolved":
        buttons.append(button("Close…", ids.CLOSE, number, style="primary"))
    if facts.incident.status in OPEN:
        buttons.append(button("Update situation…", ids.SITUATION, number))
    buttons.append(button("Catch me up", ids.CATCH_UP, number))
    buttons.append(button("Control panel", ids.PANEL, number))
    return buttons


def _status(incident: Incident) -> str:
    return f"{STATUS_EMOJI.get(incident.status, '')} {incident.status}".strip()


def _impact(incident: Incident) -> str:
    if incident.impact:
        return f"*Impact* {one_line(incident.impact, IMPACT_SHOWN)}"
    if incident.description:
        # A time without its day is near the declaration, whenever the card is drawn.
        return live_times(one_line(incident.description, IMPACT_SHOWN), incident.declared_at)
    if incident.status in OPEN:
        return "_Impact not recorded yet: press Update situation._"
    return "_Impact not recorded_"


def _situation_lines(situation: Situation, *, is_open: bool) -> list[str]:
    """What is recorded besides the impact, a line each; nothing is under way once it is over."""
    lines = []
    if situation.text(SituationField.CAUSE):
        certainty = CERTAINTY_TITLES[Certainty(situation.certainty)].lower()
        lines.append(f"*Cause ({certainty})* {one_line(situation.text(SituationField.CAUSE), LINE_SHOWN)}")
    if situation.text(SituationField.ACTIONS) and is_open:
        lines.append(f"*Under way* {one_line(situation.text(SituationField.ACTIONS), LINE_SHOWN)}")
    if situation.text(SituationField.NEEDS):
        lines.append(f"*Needed* {one_line(situation.text(SituationField.NEEDS), LINE_SHOWN)}")
    return lines


def _duration(facts: IncidentFacts) -> str:
    incident = facts.incident
    if incident.resolved_at:
        length = format_duration(incident.resolved_at - incident.declared_at)
        return f"{length}, resolved {day_and_time(incident.resolved_at)}"
    # Slack updates `ago` by itself; a duration written here would be wrong a minute later.
    return f"declared {day_and_time(incident.declared_at)}, {ago(incident.declared_at)}"


def _about(incident: Incident, floor: Floor) -> str:
    parts = [floor.types.get(incident.type, incident.type), *incident.sites, *incident.partners]
    return escape(listed(parts, ABOUT_SHOWN, " · ")) + marks(incident)


def marks(incident: Incident) -> str:
    """The marks that every reader must see at once: private, drill."""
    private = " · 🔒 private" if incident.is_private else ""
    return f"{private} · 🧪 drill" if incident.is_drill else private


def _roles(facts: IncidentFacts, floor: Floor) -> str:
    parts = []
    for name, role in floor.roles.items():
        holders = facts.roles.get(name, [])
        if holders or name != "responder":
            parts.append(f"*{escape(role.title)}* {mentions(holders) if holders else '–'}")
    return " · ".join(parts)


def digest(facts: IncidentFacts, floor: Floor) -> Message:
    """The one message about an incident in the incidents channel."""
    incident = facts.incident
    severity = floor.severity(incident.severity)
    nobody_leads = "_no commander yet_" if incident.status in OPEN else ""
    commander = mentions(facts.roles.get("commander", [])) or nobody_leads
    channel = channel_link(incident.channel_id) if incident.channel_id else "_channel being opened_"
    headline = f"{severity.emoji} *{incident.severity}* · *{one_line(incident.title, TITLE_SHOWN)}*\n" + " · ".join(
        part for part in (channel, _status(incident), commander) if part
    )
    details = [f"#{incident.number}", _about(incident, floor), _duration(facts)]
    if facts.next_update_at:
        details.append(f"next update {near_time(facts.next_update_at, facts.now)}")
    if facts.merged_into:
        details.append(f"merged into {facts.merged_into}")
    blocks = [section(headline)]
    if incident.impact:
        blocks.append(section(one_line(incident.impact, IMPACT_SHOWN)))
    blocks.append(context(" · ".join(details)))
    if incident.is_active:
        number = str(incident.number)
        buttons = [
            button("Join", ids.JOIN, number),
            button("Subscribe", ids.SUBSCRIBE, number),
            button("Unsubscribe", ids.UNSUBSCRIBE, number),
        ]
        blocks.append(actions(buttons, block_id="digest"))
    elif facts.merged_into:
        join = button(f"Join #{facts.merged_into.number}", ids.JOIN, str(facts.merged_into.number))
        blocks.append(actions([join], block_id="digest"))
    return f"{incident.severity} {incident.status}: {one_line(incident.title, TITLE_SHOWN)}", blocks


def topic(facts: IncidentFacts, floor: Floor) -> str:
    """The channel's topic. It changes rarely, because Slack tells everyone in the channel each time it does.

    Slack shows it without formatting, so mentions would be bare ids.
    """
    incident = facts.incident
    state = f"merged into #{incident.merged_into}" if incident.merged_into else incident.status
    ended_prefix = "" if incident.status in OPEN else f"{STATUS_EMOJI[incident.status]} {state} · "
    bridge = escape(bridge_of(incident, floor)) if incident.status in OPEN else ""
    headline = f"{ended_prefix}{incident.severity} · {one_line(incident.title, TITLE_SHOWN)}"
    with_bridge = f"{headline} · {bridge}"
    # A truncated address leads nowhere.
    return with_bridge if bridge and len(with_bridge) <= TOPIC_TEXT else headline
