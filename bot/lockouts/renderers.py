"""What is asked of the source that can unlock accounts, and what came of it, by direct message."""

from bot.errors import WatchfloorError
from bot.incidents.facts import UNLOCKING
from bot.incidents.registry import Registry
from bot.lockouts.tables import LockedAccount
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.outbox.kinds import Call, Context, Kind
from bot.outbox.rules import Refusal
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.text import escape


def _unlock(context: Context) -> Call:
    """An account that is not locked counts as unlocked: the call may be repeated."""
    services, row, payload = context.services, context.row, context.row.payload or {}
    return Call(row.key, lambda: _ask(services, row.key, int(payload["lockout"]), str(payload["by"])))


def _ask(services: Services, key: str, lockout_id: int, by: str) -> None:
    with services.database.reading() as session:
        account = session.get_one(LockedAccount, lockout_id)
    unlock = services.get(Registry).ask(UNLOCKING)(services, account.source)
    try:
        reason = unlock(account.user_id) if unlock else "no source that can unlock it is configured"
    except WatchfloorError as refused:
        reason = refused.sentence
    now = utcnow()
    with services.database.transaction() as session:
        account = session.get_one(LockedAccount, lockout_id)
        if not reason and account.unlocked_at is None:
            account.unlocked_at, account.done_by = now, by
            session.add(account)
        login = escape(account.login)
        text = f"⚠️ {login} was not unlocked: {escape(reason)}" if reason else f"{login} is unlocked."
        outbox.post(session, f"{key}:done", by, text, now)


KINDS = (Kind(kinds.LOCKOUT_UNLOCK, "", _unlock, lambda context: "", otherwise=Refusal.FINAL),)
