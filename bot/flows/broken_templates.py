"""A template that cannot be used: the administrators hear of it once, and the message goes out in plain words."""

import logging
from datetime import datetime

from sqlmodel import Session

from bot.directory import tables as directory
from bot.notices import tables as notices
from bot.services import Services
from bot.slack.text import escape, shorten
from bot.templates import TemplateBroken

log = logging.getLogger(__name__)
LONGEST_REASON = 500


def report(session: Session, services: Services, name: str, broken: TemplateBroken, now: datetime) -> None:
    """Tell the administrators of this edition of the file, whatever the number of messages it breaks.

    Asks Slack nothing, for it runs inside the transaction of the message that goes out; the clock sends it.
    """
    log.error("template broken", extra={"template": name, "reason": broken.sentence})
    channel = services.floor.administrators_channel
    told = directory.channel_id(session, channel) if channel else None
    if told:
        words = f"⚠️ {escape(shorten(broken.sentence, LONGEST_REASON))} Nobody was kept waiting."
        notices.add(session, f"template:{name}:{services.templates.edition(name)}", told, words, now)
