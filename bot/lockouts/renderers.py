"""Outbox kinds of lockouts: requests to the accounts' source, messages about several, and files to read."""

from bot import outbox
from bot.errors import WatchfloorError
from bot.lockouts import bursts, file_import, tables, views
from bot.lockouts.rules import AccountAction
from bot.lockouts.tables import AccountRequest, LockedAccount
from bot.lockouts.unlocking import function_of_source
from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind
from bot.outbox.rules import Refusal
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Message
from bot.slack.text import escape

DONE = {
    AccountAction.UNLOCK: "{login} is unlocked.",
    AccountAction.RESET: "The directory has mailed {login} a way to set a new password. The last mail counts.",
}
NOT_DONE = {
    AccountAction.UNLOCK: "⚠️ {login} was not unlocked: {reason}",
    AccountAction.RESET: "⚠️ {login} was sent no mail to reset the password: {reason}",
}


def _run_request(services: Services, row: OutboxRow) -> None:
    """Make the request, which may be repeated: an account that is not locked counts as unlocked, and the last mail
    counts."""
    payload = row.payload or {}
    lockout_id, by = int(str(payload["lockout"])), str(payload["by"])
    action = AccountAction(str(payload.get("action", AccountAction.UNLOCK)))
    with services.database.reading() as session:
        account = session.get_one(LockedAccount, lockout_id)
    request_action = function_of_source(services, action, account.source)
    try:
        reason = request_action(account.user_id) if request_action else "no source that can do it is configured"
    except WatchfloorError as refused:
        reason = refused.sentence
    now = utcnow()
    with services.database.transaction() as session:
        account = session.get_one(LockedAccount, lockout_id)
        if not reason and action == AccountAction.UNLOCK and account.unlocked_at is None:
            account.unlocked_at, account.done_by = now, by
            bursts.show_unlocked(session, services.floor, account.burst_id, now)
        if payload.get("request"):
            request = session.get_one(AccountRequest, int(str(payload["request"])))
            request.answered_at, request.trouble = now, reason
        if payload.get("batch"):
            outbox.edit_about(session, kinds.LOCKOUT_BATCH, str(payload["batch"]), now)
            return
        text = (NOT_DONE if reason else DONE)[action].format(login=escape(account.login), reason=escape(reason))
        outbox.post(session, f"{row.key}:done", by, text, now)


def _batch_message(context: Context) -> Message:
    number, _, target = context.row.subject.partition(":")
    batch = tables.batch(context.session, int(number), is_locked=False)
    requests = tables.requests_of(context.session, batch.number)
    is_public = target not in (batch.by, batch.decided_by)
    return views.batch_message(batch, requests, is_public=is_public)


KINDS = (
    kinds.job(kinds.LOCKOUT_UNLOCK, _run_request, otherwise=Refusal.FINAL),
    Kind(kinds.LOCKOUT_BATCH, "", _batch_message, kinds.channel_of_row, otherwise=Refusal.FINAL),
    kinds.job(kinds.LOCKOUT_FILE, file_import.read, kinds.channel_of_row, otherwise=Refusal.FINAL, is_import=True),
)
