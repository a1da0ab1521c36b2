"""What happens in Slack. An event is kept before Slack is told that it arrived: this is a middleware, because Bolt
acknowledges events before their listeners run."""

from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse

from bot.channels import membership as events
from bot.channels import messages as speech
from bot.followups import marks as followup_marks
from bot.postmortems import uploads as postmortem_uploads
from bot.services import Services

Payload = dict[str, Any]
Record = Callable[[Services, Payload], None]


def register(app: App, services: Services) -> None:
    """Record every event that says something about an incident."""

    @app.middleware
    def keep(req: BoltRequest, next: Callable[[], BoltResponse]) -> BoltResponse:
        if req.body.get("type") != "event_callback":
            return next()
        event = req.body["event"]
        record = RECORDS.get(event["type"])
        if record:
            record(services, event)
        return BoltResponse(status=200)


def _both(*records: Record) -> Record:
    """One event of which several keep something."""

    def keep(services: Services, event: Payload) -> None:
        for record in records:
            record(services, event)

    return keep


def keep_words(services: Services, event: Payload) -> None:
    """A message: in a channel it may belong to an incident, in a direct message it may bring a post-mortem."""
    if event.get("channel_type") == "im":
        postmortem_uploads.keep(services, event)
    else:
        speech.keep_message(services, event)


RECORDS: dict[str, Record] = {
    "message": keep_words,
    "member_joined_channel": events.keep_join,
    "member_left_channel": events.keep_leave,
    "reaction_added": _both(speech.keep_reaction, followup_marks.keep_mark),
    "reaction_removed": _both(speech.keep_reaction, followup_marks.keep_unmark),
    "pin_added": speech.keep_pin,
    "pin_removed": speech.keep_pin,
    "channel_archive": events.keep_loss,
    "channel_deleted": events.keep_loss,
    "channel_left": events.keep_loss,
    "group_archive": events.keep_loss,
    "group_deleted": events.keep_loss,
    "group_left": events.keep_loss,
    "channel_unarchive": events.keep_return,
    "group_unarchive": events.keep_return,
    "user_change": events.keep_person,
    "team_join": events.keep_person,
    "subteam_updated": events.keep_group,
    "app_home_opened": events.open_home,
}
