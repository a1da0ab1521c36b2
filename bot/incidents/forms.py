"""The incident's forms. Pure: Block Kit from data."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.config.floor import Floor
from bot.incidents import ids, wording
from bot.incidents.rules import OPEN, Status
from bot.incidents.tables import Incident
from bot.incidents.views import STATUS_EMOJI, marks
from bot.slack.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    divider,
    header,
    modal,
    option,
    paragraphs,
    section,
    select,
    text_field,
    user_select,
)
from bot.slack.blocks import field as form_field
from bot.slack.text import channel_link, day_and_time, escape, near_time, one_line

PANEL_COMMANDS = (
    "In its channel also: `/incident page @ana reason`, `partners`, `playbook`, `timeline`, `note`, `private`. "
    "`/incident help` lists every command."
)
WHEN_UNSURE = "When unsure between two, take the higher."


def severity_select(floor: Floor, initial_severity: str) -> Block:
    options = [
        option(f"{severity.emoji} {name}", name, severity.guidance) for name, severity in floor.severities.items()
    ]
    return select(ids.SEVERITY, options, initial=initial_severity)


def severity_form(incident: Incident, floor: Floor) -> Block:
    """The form that changes the severity, with a reason."""
    blocks = [
        form_field("Severity", severity_select(floor, incident.severity), hint=WHEN_UNSURE),
        text_field("Why?", ids.REASON, placeholder="What has changed", longest=500),
    ]
    return modal(
        ids.SEVERITY_FORM,
        "Change the severity",
        blocks,
        submit="Change",
        subject=f"{incident.number}:{incident.severity}",
    )


def status_form(incident: Incident) -> Block:
    """The form that sets the status, with a reason."""
    options = [option(f"{STATUS_EMOJI[status]} {status}", str(status)) for status in OPEN]
    initial_status = incident.status if incident.status in OPEN else "investigating"
    blocks = [
        form_field("Status", select(ids.STATUS, options, initial=initial_status)),
        text_field("Why?", ids.REASON, placeholder="What was found or done", longest=500, optional=True),
    ]
    return modal(
        ids.STATUS_FORM, "Set the status", blocks, submit="Set", subject=f"{incident.number}:{incident.status}"
    )


def role_form(incident: Incident, floor: Floor) -> Block:
    """The form that gives a role to a person."""
    options = [option(role.title, name, role.help[:75]) for name, role in floor.roles.items()]
    blocks = [
        form_field("Role", select(ids.ROLE, options, initial="commander")),
        form_field("Person", user_select(ids.PERSON)),
    ]
    return modal(ids.ROLE_FORM, "Assign role", blocks, submit="Assign", subject=incident.number)


def lifecycle_form(
    incident: Incident, callback_id: str, title: str, question: str, required: Sequence[str] = (), reason: str = ""
) -> Block:
    """The form that resolves, closes, reopens or declines, with a reason; open `required` steps need a waiver."""
    blocks = [
        section(f"*#{incident.number}* {one_line(incident.title, 200)}"),
        text_field(
            question,
            ids.REASON,
            initial=reason,
            multiline=True,
            longest=1000,
            optional=callback_id == ids.CLOSE_FORM,
        ),
    ]
    if required:
        required_steps = "\n".join(f"• {escape(step)}" for step in required)
        blocks += [
            section(f"*These come first:*\n{required_steps}"),
            text_field(
                f"Why do you {title.lower()} without them?",
                ids.WAIVER,
                longest=500,
                placeholder="The reason goes into the post-mortem",
            ),
        ]
    return modal(callback_id, title, blocks, submit=title, subject=incident.number)


def private_form(incident: Incident) -> Block:
    """The form that makes an incident private; it says what follows, because that cannot be undone."""
    blocks = [
        section(f"*#{incident.number}* {one_line(incident.title, 200)}"),
        section(wording.WHAT_PRIVATE_MEANS),
        text_field("Why?", ids.REASON, multiline=True, longest=1000, optional=True),
    ]
    return modal(ids.PRIVATE_FORM, "Make private", blocks, submit="Make private", subject=incident.number)


def panel(incident: Incident, next_update_at: datetime | None, now: datetime) -> Message:
    """The control panel: buttons for what is changed most, and the commands for everything else."""
    number = str(incident.number)
    summary = f"{incident.severity} · {incident.status} · {one_line(incident.title, 140)}"
    blocks = [section(f"*Incident #{number}*\n{summary}"), context(_panel_outlook(incident, next_update_at, now))]
    if incident.is_active:
        blocks.append(
            actions(
                [
                    button("Severity…", ids.CHANGE_SEVERITY, number),
                    button("Status…", ids.CHANGE_STATUS, number),
                    button("Situation…", ids.SITUATION, number),
                    button("Assign role…", ids.ASSIGN_ROLE, number),
                    button("Send an update…", ids.COMPOSE_UPDATE, number),
                ],
                block_id="panel.state",
            )
        )
    blocks.append(actions(_lifecycle_buttons(incident, number), block_id="panel.ending"))
    if incident.is_active:
        blocks += [actions(_buttons_of_others(number), block_id="panel.more"), context(PANEL_COMMANDS)]
    return summary, blocks


def _panel_outlook(incident: Incident, next_update_at: datetime | None, now: datetime) -> str:
    if incident.merged_into:
        return f"It continues in incident {incident.merged_into}; `/incident {incident.merged_into}` says where."
    return f"Next update {near_time(next_update_at, now)}." if next_update_at else "No update is due."


def _buttons_of_others(number: str) -> list[Block]:
    """Buttons whose nouns are registered elsewhere and that work wherever the panel is shown."""
    return [
        button("Hand over…", ids.HAND_OVER, number),
        button("Add a follow-up…", ids.ADD_FOLLOW_UP, number),
        button("Catch me up", ids.CATCH_UP, number),
    ]


def _lifecycle_buttons(incident: Incident, number: str) -> list[Block]:
    reopen = button("Reopen…", ids.REOPEN, number)
    if incident.status == "resolved":
        return [button("Close…", ids.CLOSE, number, style="primary"), reopen]
    if not incident.is_active:
        return [reopen]
    is_nearly_over = incident.status in (Status.MITIGATED, Status.MONITORING)
    resolve = button("Resolve…", ids.RESOLVE, number, style="primary" if is_nearly_over else None)
    edit = button("Edit…", ids.CHANGE_SCOPE, number)
    return [resolve, button("False alarm…", ids.DECLINE, number), edit]


def open_list(
    incidents: Sequence[Incident], floor: Floor, total: int, rest_note: str, leaderless: Collection[int] = ()
) -> Message:
    """The open incidents shown, a line each, out of `total`; `rest_note` says where the others are."""
    if not incidents:
        return "Nothing is open.", [section("Nothing is open.")]
    lines = [
        f"{floor.severity(incident.severity).emoji} *{incident.severity}* "
        f"{channel_link(incident.channel_id) if incident.channel_id else f'#{incident.number}'} "
        f"{one_line(incident.title, 120)}{marks(incident)} – "
        f"{incident.status}{', *nobody leads*' if incident.number in leaderless else ''}, "
        f"declared {day_and_time(incident.declared_at)}"
        for incident in incidents
    ]
    blocks = [header("Open incidents"), *paragraphs(lines, rest=rest_note)]
    if total > len(incidents):
        blocks.append(context(f"{total} are open. {rest_note}"))
    return f"{total} open", blocks


def home(incidents: Sequence[Incident], floor: Floor, total: int, leaderless: Collection[int] = ()) -> list[Block]:
    """The App Home tab; `leaderless` are the numbers of incidents that nobody leads."""
    return [header("Watchfloor"), *_declare_or_join(incidents, floor, total, leaderless)]


def start(incidents: Sequence[Incident], floor: Floor, total: int, leaderless: Collection[int] = ()) -> Message:
    """The answer to `/incident` in a channel without an incident: what is open, and what to begin with."""
    text, _ = open_list(incidents, floor, total, "", leaderless)
    help_button = button("All commands", ids.HELP, "all")
    return text, _declare_or_join(incidents, floor, total, leaderless, [help_button])


def _declare_or_join(
    incidents: Sequence[Incident],
    floor: Floor,
    total: int,
    leaderless: Collection[int],
    more_buttons: Sequence[Block] = (),
) -> list[Block]:
    _, list_blocks = open_list(incidents, floor, total, "`/incident list` shows all, page by page.", leaderless)
    declare = button("Declare an incident…", ids.DECLARE, "home", style="danger")
    return [
        section("Something is wrong? Declare it: one too many is better than one too late."),
        actions([declare, *more_buttons], block_id="home.declare"),
        divider(),
        *list_blocks,
    ]


def channel_lost(incident: Incident, loss: str, remedy: str) -> Message:
    """The message to the lead when the channel is lost."""
    text = (
        f"I can no longer write into the channel of incident {incident.number}, "
        f"{one_line(incident.title, 140)}: {loss}. {remedy}"
    )
    if incident.status in OPEN:
        text += " Other audiences still get their updates."
    return without_channel(incident, text)


def without_channel(incident: Incident, text: str) -> Message:
    """A message about an incident that cannot be worked on in its channel; the button below it works anywhere."""
    return text, [section(text), actions([button("Control panel", ids.PANEL, str(incident.number))])]
