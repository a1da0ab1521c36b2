"""Problems with the bot: the administrators are told in their channel, of a broken template once."""

import functools
import logging

from bot import outbox
from bot.directory.lookup import channel_id
from bot.errors import TryLater
from bot.runtime.clock import utcnow
from bot.runtime.templates import TemplateBroken
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.slack.text import escape, shorten

log = logging.getLogger(__name__)
LONGEST_REASON = 500


def administrators_channel_id(services: Services) -> str | None:
    """The id of the administrators' channel; None if the floor has none or Slack does not let the bot in now."""
    name = services.floor.administrators_channel
    if name is None:
        return None
    try:
        return channel_id(services, name)
    except (SlackRefused, TryLater):
        return None


def report_broken_template(services: Services, name: str, error: TemplateBroken) -> None:
    """Tell the administrators once per version of the file, however many messages it breaks.

    Not in the message's transaction, which may be read-only. If the report is lost, the next message repeats it.
    """
    log.error("template broken", extra={"template": name, "reason": error.sentence})
    services.background.submit(f"template:{name}", functools.partial(_notify_administrators, services, name, error))


def _notify_administrators(services: Services, name: str, error: TemplateBroken) -> None:
    channel = administrators_channel_id(services)
    if channel is None:
        return
    text = f"⚠️ {escape(shorten(error.sentence, LONGEST_REASON))} Nobody was kept waiting."
    key = f"template:{name}:{services.templates.content_hash(name)}"
    with services.database.transaction() as session:
        outbox.post(session, key, channel, text, utcnow())
