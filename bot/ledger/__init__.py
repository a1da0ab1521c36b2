"""Credits and refunds: eligible customers, issued and failed payments, and whether they add up."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register listeners, the command, the guard on closing, kinds of messages, and facts for other modules."""
    from bot.incidents.checklist import LEDGER
    from bot.incidents.facts import MONEY
    from bot.incidents.registry import ChecklistItem, PurgeRule, Section, SummaryPart
    from bot.incidents.summaries import MONEY_OWED
    from bot.ledger import facts, listeners, renderers, wording
    from bot.ledger.facts import BALANCED

    registry.listeners.append(listeners.register)
    registry.command("ledger", listeners.show)
    registry.help(Section.CHANNEL, 67, wording.HELP)
    registry.guards.append(BALANCED)
    registry.checklist.append(ChecklistItem(LEDGER, "Credits and refunds: `/incident ledger`", facts.is_done))
    registry.summary_parts.append(SummaryPart(MONEY_OWED, "Credits and refunds", facts.lines))
    registry.answers(MONEY, facts.money)
    registry.kinds += renderers.KINDS
    registry.without_text("ledger_totals", "ledger_releases", "ledger_keys")
    registry.purge_rules += [
        PurgeRule("ledgers", ("waiver",)),
        PurgeRule("ledger_cohorts", ("rule",)),
        # The account's keyed hash stays, to prevent a second payment.
        PurgeRule("ledger_lines", ("account",)),
        PurgeRule("ledger_entries", ("reason",)),
        PurgeRule("ledger_files", ("file_name",)),
        PurgeRule("ledger_differences", ("shown",)),
    ]
    registry.exports.append(facts.ENTRIES)
