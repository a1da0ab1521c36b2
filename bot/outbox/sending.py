"""Sending what is to be said to one person or thread. Lost work is harmless: an unsent notice is found again."""

import functools
from datetime import datetime, timedelta

from bot.errors import TryLater
from bot.outbox import notices
from bot.outbox.notices import Notice
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.slack.messages import Post, Posted

TRIED_AGAIN = ("not_in_channel", "restricted_action", "thread_not_found")


# Subscribers are many: several are told at a time, and each claims what the others have not.
LANES = 3


def send_soon(services: Services) -> None:
    """Send what waits without anyone waiting for it."""
    for lane in range(LANES):
        services.soon.do(f"notices:{lane}", functools.partial(send_waiting, services))


def send_waiting(services: Services) -> None:
    """Send every notice that may be sent now."""
    while True:
        with services.store.transaction() as session:
            claimed = notices.claim(session, services.replicas.name, utcnow())
        if claimed is None:
            return
        _send(services, *claimed)


def _send(services: Services, notice: Notice, attempted_at: datetime | None) -> None:
    try:
        posted = _brought(services, notice, attempted_at)
    except SlackRefused as refused:
        with services.store.transaction() as session:
            if refused.error in TRIED_AGAIN:
                notices.postpone(session, notice, refused.error, None, utcnow())
            else:
                notices.refuse(session, notice, refused.error)
    except TryLater as wait:
        now = utcnow()
        until = now + timedelta(seconds=wait.wait_s) if wait.wait_s is not None else None
        with services.store.transaction() as session:
            notices.postpone(session, notice, wait.reason, until, now)
    else:
        with services.store.transaction() as session:
            notices.settle(session, notice, posted.channel_id, posted.ts, utcnow())


def _brought(services: Services, notice: Notice, attempted_at: datetime | None) -> Posted:
    """Where it stands: posted, or edited there when its words changed since."""
    if notice.ts:
        posted = Posted(notice.channel_id, notice.ts)
    else:
        post = Post(notice.key, notice.channel_id, notice.words, notice.blocks, notice.thread_ts)
        posted = services.slack.post(post, attempted_at=attempted_at)
        # What an earlier attempt may have brought there may be older words.
        if not (attempted_at and notice.amended_at):
            return posted
    services.slack.update(posted, notice.words, notice.blocks)
    return posted


def tick(services: Services, now: datetime) -> None:
    """Find what was not said yet."""
    with services.store.reading() as session:
        if notices.are_waiting(session, now):
            send_soon(services)
