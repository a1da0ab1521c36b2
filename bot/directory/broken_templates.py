"""A template that cannot be used: the administrators hear of it once, and the message goes out in plain words."""

import functools
import logging

from bot.directory.administrators import administrators
from bot.outbox import tables as outbox
from bot.runtime.clock import utcnow
from bot.runtime.templates import TemplateBroken
from bot.services import Services
from bot.slack.text import escape, shorten

log = logging.getLogger(__name__)
LONGEST_REASON = 500


def report(services: Services, name: str, broken: TemplateBroken) -> None:
    """Tell the administrators of this edition of the file, whatever the number of messages it breaks.

    Not in the transaction of the message: it may be one that only reads. Lost, it is told by the next message.
    """
    log.error("template broken", extra={"template": name, "reason": broken.sentence})
    services.soon.do(f"template:{name}", functools.partial(_tell, services, name, broken))


def _tell(services: Services, name: str, broken: TemplateBroken) -> None:
    told = administrators(services)
    if told is None:
        return
    words = f"⚠️ {escape(shorten(broken.sentence, LONGEST_REASON))} Nobody was kept waiting."
    key = f"template:{name}:{services.templates.edition(name)}"
    with services.store.transaction() as session:
        outbox.post(session, key, told, words, utcnow())
