"""Contact-centre figures for an incident: what happened, what was expected, what it cost."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register listeners, commands, dropped files, the tick for new figures, and the answers to other nouns."""
    from bot.impact import (
        charts,
        facts,
        feeding,
        listeners,
        renderers,
        requests,
        tables,
        uploads,
        watch_tables,
        watching,
        wording,
    )
    from bot.incidents import events
    from bot.incidents.checklist import FIGURES
    from bot.incidents.facts import AGENTS_NEEDED, FIGURE_CHART, FIGURE_SENTENCES, FIGURE_TABLE, QUEUE_FIGURES
    from bot.incidents.registry import ChecklistItem, PurgeRule, Section, Tick

    registry.listeners.append(listeners.register)
    registry.command("figures", listeners.figures)
    registry.command("whatif", listeners.whatif)
    registry.help(Section.CHANNEL, 65, wording.HELP)
    registry.on(events.Declared, watching.recheck_figures)
    registry.on(events.ScopeChanged, watching.recheck_figures)
    registry.on(events.MilestoneSet, watching.recheck_figures)
    registry.record(uploads.record_file, "message")
    registry.file_endings.update(uploads.ENDINGS)
    registry.ticks.append(Tick("figures", watching.check_new_imports, tables.NEXT_CHECK))
    registry.kinds += renderers.KINDS
    registry.takes_rows.setdefault("intervals", []).append(feeding.take_intervals)
    registry.takes_files.append(feeding.take_file)
    registry.posts.append(requests.POST)
    registry.checklist.append(
        ChecklistItem(FIGURES, "Impact figures: `/incident figures`", watch_tables.has_figures)
    )
    registry.answers(FIGURE_SENTENCES, facts.sentences)
    registry.answers(FIGURE_TABLE, facts.table)
    registry.answers(FIGURE_CHART, charts.chart_png)
    registry.answers(AGENTS_NEEDED, facts.agents_needed)
    registry.answers(QUEUE_FIGURES, facts.queue_figures)
    registry.without_text("figure_queues", "figure_import_queues", "interval_figures", "figure_column_maps")
    registry.without_text("figure_watches", "figure_summaries")
    registry.purge_rules += [
        PurgeRule("figure_imports", ("source",)),
        PurgeRule("figure_previews", ("file_name",), {"columns": {}}),
    ]
