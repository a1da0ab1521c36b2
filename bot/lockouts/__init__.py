"""Lockouts: partners' agents who cannot sign on, the people who help them, and bursts that are one incident."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the listeners, the command, the sources of rows, and the handler that links bursts to incidents."""
    from bot.incidents import events
    from bot.incidents.registry import PurgeRule, Section
    from bot.lockouts import actions, file_import, listeners, recording, renderers, requests, wording

    registry.listeners.append(listeners.register)
    registry.command("lockouts", listeners.lockouts)
    registry.help(Section.ANYWHERE, 60, wording.HELP)
    registry.posts.append(requests.POST)
    registry.takes_rows.setdefault("lockouts", []).append(recording.take_rows)
    registry.on(events.Declared, actions.follow_declared)
    registry.on(events.MadePrivate, actions.hide_private)
    registry.table_readers.append(file_import.READER)
    registry.kinds += renderers.KINDS
    registry.without_text("lockout_bursts", "lockout_batches", "lockout_requests")
    registry.purge_rules += [
        PurgeRule("lockouts", ("login",), over_at="unlocked_at"),
        PurgeRule("sign_in_failures", ("login", "reason", "address", "place", "client"), over_at="at"),
    ]
