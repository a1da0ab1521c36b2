"""Shifts from rosters: who is on when, who is the point of contact, and which times ahead are not covered."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register listeners, commands, roster readers, ticks, `roster:role`, and answers for handovers."""
    from bot.incidents.facts import ABSENT_UNTIL, CONTACT_NOW, FALLBACK, NEXT_ON_SHIFT, ON_SHIFT, SHIFT_GAPS
    from bot.incidents.registry import Job, PurgeRule, Section, Tick
    from bot.shifts import (
        absence_tables,
        absences,
        availability,
        contact,
        coverage,
        listeners,
        open_time_tables,
        people,
        renderers,
        roster_files,
        rosters,
        tables,
        wording,
    )

    registry.listeners.append(listeners.register)
    registry.command("oncall", listeners.who_is_on)
    registry.command("absence", listeners.enter_absence)
    registry.command("absences", listeners.export_absences)
    registry.command("shift", listeners.add_shift)
    registry.help(Section.ANYWHERE, 30, wording.HELP_ONCALL)
    registry.help(Section.ANYWHERE, 31, wording.HELP_ABSENCE)
    registry.record(roster_files.record_file, "message")
    registry.file_endings.update(roster_files.ENDINGS)
    registry.table_readers.append(roster_files.READER)
    registry.people.insert(0, people.on_shift)
    registry.takes_rows.setdefault("shifts", []).append(rosters.take_shifts)
    registry.parts.append(rosters.RosterFolder.of)
    registry.jobs.append(Job("rosters", rosters.EVERY_S, rosters.read_all, is_for_start=True))
    registry.ticks += [
        Tick("point of contact", contact.refresh, tables.next_check(tables.CONTACT)),
        Tick("coverage", coverage.find_open_times, tables.next_check(tables.COVERAGE)),
        Tick("open shifts", coverage.escalate, open_time_tables.NEXT_ESCALATION),
        Tick("absences", absences.begin_due, absence_tables.NEXT_DUE),
    ]
    # Before others lock rows: the clocks of the checks are locked first, everywhere.
    registry.unavailable.insert(0, availability.check_again)
    registry.answers(NEXT_ON_SHIFT, people.next_on_shift)
    registry.answers(FALLBACK, people.fallback)
    registry.answers(ABSENT_UNTIL, absence_tables.absent_until)
    registry.answers(ON_SHIFT, people.everyone_on_shift)
    registry.answers(CONTACT_NOW, people.contact_now)
    registry.answers(SHIFT_GAPS, open_time_tables.gaps_late)
    registry.kinds += renderers.KINDS
    registry.without_text("shifts", "rosters", "staged_shifts", "shift_clocks", "shift_swaps", "open_times")
    registry.purge_rules += [
        PurgeRule("absences", ("note",), over_at="ends_at"),
    ]
