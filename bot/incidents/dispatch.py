"""Dispatches Slack's commands and events to their registered handlers.

Events are recorded before they are acknowledged to Slack. This is done in a middleware, because Bolt acknowledges
events before their listeners run.
"""

import logging
import re
from collections.abc import Callable

from slack_bolt import Ack, App, BoltRequest, BoltResponse

from bot.directory.lookup import home
from bot.errors import TryLater, WatchfloorError
from bot.incidents import channel_loss, forms, ids, incidents, parse, responses, wording, workspaces
from bot.incidents.access import named_incident
from bot.incidents.home import incident_panel
from bot.incidents.limits import PersonLimits
from bot.incidents.parse import Payload, SlashCommand
from bot.incidents.permissions import check_member
from bot.incidents.registry import Registry
from bot.incidents.responses import Response
from bot.incidents.tables import InAnotherChannel, NoIncidentHere, OnlyElsewhere
from bot.incidents.unknown_subcommands import unknown_subcommand
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.received import PieceMissing
from bot.slack.text import channel_link

log = logging.getLogger(__name__)

CALLBACK, RATE_LIMITED = "event_callback", "app_rate_limited"
CLICKS = ("block_actions", "view_submission", "shortcut", "message_action")
# The most open incidents named to a person who types a command in a channel without one.
MOST_LINKS = 5
# What asks for a command's usage when it is all that follows the command.
HELP_WORDS = ("help", "?")
# An incident's number where a command is expected.
NUMBER_ALONE = re.compile(r"#?\d{1,18}")


def register(app: App, services: Services) -> None:
    """Listen to `/incident`, and record every event about an incident."""
    registry = services.get(Registry)

    @app.middleware
    def refuse_foreign(req: BoltRequest, next: Callable[[], BoltResponse]) -> BoltResponse:
        try:
            is_ours = workspaces.is_ours(req.body, home(services), services.slack.own_ids())
        except TryLater as silent:
            # Slack has not yet said who we are. It resends events, and people are told what is wrong.
            log.warning("a request must wait until Slack answers", extra={"reason": str(silent)})
            is_command = "command" in req.body
            return BoltResponse(
                status=200 if is_command else 503, body=wording.SLACK_UNAVAILABLE if is_command else ""
            )
        if is_ours:
            return next()
        log.warning("a request of another workspace was refused", extra={"team": workspaces.team_of(req.body)})
        is_command = "command" in req.body
        return BoltResponse(status=200, body=wording.OTHER_WORKSPACE if is_command else "")

    @app.middleware
    def limit_clicks(req: BoltRequest, ack: Ack, next: Callable[[], BoltResponse]) -> BoltResponse:
        if req.body.get("type") not in CLICKS:
            return next()
        try:
            check_click(services, req.body)
        except WatchfloorError as refused:
            return refuse_click(services, req.body, refused.sentence, ack)
        return next()

    @app.middleware
    def record_slack_event(req: BoltRequest, next: Callable[[], BoltResponse]) -> BoltResponse:
        if req.body.get("type") not in (CALLBACK, RATE_LIMITED):
            return next()
        try:
            record_event(services, req.body["event"] if req.body["type"] == CALLBACK else req.body)
        except PieceMissing:
            return BoltResponse(status=400)
        return BoltResponse(status=200)

    @app.command(ids.COMMAND)
    def incident(ack: Ack, body: Payload) -> None:
        command = parse.slash_command(body)
        responses.answer_command(services, command.user_id, lambda: run_command(registry, services, command), ack)


def check_click(services: Services, body: Payload) -> None:
    """Refuse a click or a form beyond the limit per minute."""
    key = str(body.get("trigger_id") or body.get("view", {}).get("hash"))
    services.get(PersonLimits).check_click(parse.user_id(body), key, utcnow())


def refuse_click(services: Services, body: Payload, sentence: str, ack: Ack) -> BoltResponse:
    """Refuse a click; in a flood of clicks, only the first gets an answer."""
    user_id = parse.user_id(body)
    return refuse(services, body, sentence, ack, lambda: services.get(PersonLimits).is_news(user_id, utcnow()))


def refuse(
    services: Services, body: Payload, sentence: str, ack: Ack, should_answer: Callable[[], bool] = lambda: True
) -> BoltResponse:
    """Refuse with a sentence: beside the first field of a form, which stays open; else only for the person."""
    blocks = body.get("view", {}).get("blocks") or ()
    fields = [block["block_id"] for block in blocks if block.get("type") == "input" and "block_id" in block]
    if body["type"] == "view_submission" and fields:
        return ack(response_action="errors", errors={fields[0]: sentence})
    if should_answer():
        responses.respond_later(services, body, sentence)
    return ack()


def record_event(services: Services, event: Payload) -> None:
    """Call every recorder registered for the event's type."""
    for recorder in services.get(Registry).slack_events.get(event["type"], ()):
        recorder(services, event)


def run_command(registry: Registry, services: Services, command: SlashCommand) -> Response:
    """Run the command that was typed and return the answer."""
    services.get(PersonLimits).check_command(command.user_id, command.trigger_id, utcnow())
    parse.check_length(command)
    if command.subcommand not in registry.guest_commands:
        check_member(services, command.user_id)
    if NUMBER_ALONE.fullmatch(command.subcommand):
        return _panel_without_channel(services, command)
    subcommand = registry.commands.get(command.subcommand)
    if subcommand is None:
        raise unknown_subcommand(command.subcommand, [word for word in registry.commands if word], command.argument)
    if command.argument.lower() in HELP_WORDS:
        return "\n".join(registry.usage(command.subcommand))
    try:
        answer = subcommand(services, command)
        if isinstance(answer, dict):
            services.slack.open_view(command.trigger_id, answer)
            return None
        return answer
    except NoIncidentHere as no_incident:
        check_member(services, command.user_id)  # guests are told of no incident
        raise _with_links(services, command.user_id, no_incident) from no_incident


def _panel_without_channel(services: Services, command: SlashCommand) -> Response:
    """Answer an incident's number typed without a command: name its channel, or show the panel if it has none.

    The panel is also offered if the channel is lost, as nothing can be done there.
    """
    number = named_incident(services, command.subcommand, command.subcommand, command.user_id)
    with services.database.reading() as session:
        incident = incidents.by_number(session, number)
        is_lost = channel_loss.is_lost(session, number)
    if not incident.channel_id:
        return incident_panel(services, number, command.user_id, utcnow())
    channel = channel_link(incident.channel_id)
    if is_lost:
        return forms.without_channel(incident, wording.CHANNEL_IS_LOST.format(number=number, channel=channel))
    raise InAnotherChannel(number=number, channel=channel)


def _with_links(services: Services, user_id: str, no_incident: NoIncidentHere) -> NoIncidentHere:
    """Return the same error with links to the incidents that the person may have meant."""
    with services.database.reading() as session:
        open_incidents = incidents.active(session, user_id, limit=MOST_LINKS + 1)
    links = [channel_link(incident.channel_id) for incident in open_incidents if incident.channel_id]
    if not links:
        return no_incident
    more = wording.MORE_IN_LIST if len(open_incidents) > MOST_LINKS else ""
    return OnlyElsewhere(links=", ".join(links[:MOST_LINKS]) + more)
