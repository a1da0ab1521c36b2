"""Customers' cases: which breach next, who takes them, which form one incident, and escalation of idle ones."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register listeners, commands, file and row readers, the board, ticks and handlers of incident events."""
    from bot.cases import (
        balancing,
        boards,
        detecting,
        escalating,
        escalation_tables,
        facts,
        feeding,
        gone,
        guide_draft_tables,
        guide_drafts,
        guides,
        linking,
        listeners,
        open_cases,
        renderers,
        requests,
        uploads,
        wording,
    )
    from bot.incidents import events
    from bot.incidents.facts import CASE_FIGURES, GUIDES_MISSING, RISKY_CASES, SENSITIVE_CASES
    from bot.incidents.registry import PurgeRule, Section, Tick

    registry.listeners.append(listeners.register)
    registry.command("board", listeners.show_board)
    registry.command("balance", listeners.show_balance)
    registry.command("guide", listeners.find_guides)
    registry.help(Section.ANYWHERE, 8, wording.HELP)
    registry.posts.append(requests.POST)
    registry.takes_rows.setdefault("cases", []).append(feeding.take)
    registry.asked_rows["cases"] = gone.ASKED
    registry.table_readers.append(uploads.READER)
    registry.parts += [open_cases.OpenCases.of, detecting.Detector.of, guides.GuideLibrary.of]
    registry.home.append(boards.on_home)
    registry.on(events.Declared, linking.link_declared)
    registry.on(events.Resolved, linking.note_end)
    registry.on(events.Closed, guide_drafts.draft_missing_guide)
    registry.on(events.MadePrivate, guide_drafts.withdraw_private)
    registry.on(events.MadePrivate, linking.hide_private)
    registry.on(events.Declined, linking.note_end)
    registry.on(events.Merged, linking.follow_merge)
    registry.on(events.UpdateComposed, linking.copy_update)
    registry.exports.append(facts.GUIDES)
    registry.ticks += [
        Tick("case escalations", escalating.escalate_due, escalation_tables.NEXT_DUE),
        Tick("similar cases", detecting.compare_soon, detecting.NEXT_DUE),
        Tick("case board", boards.refresh, boards.NEXT_DUE),
        Tick("case intake", balancing.watch, boards.NEXT_BALANCE),
    ]
    registry.answers(RISKY_CASES, facts.risky_cases)
    registry.answers(CASE_FIGURES, facts.case_figures)
    registry.answers(GUIDES_MISSING, guide_draft_tables.counts)
    registry.answers(SENSITIVE_CASES, facts.sensitive_cases)
    registry.kinds += renderers.KINDS
    registry.without_text("case_states", "incident_cases", "case_escalations", "case_boards", "case_alerts")
    registry.without_text("case_clusters", "case_cluster_members", "case_previews")
    # A published guide belongs to the floor and outlives its incident; a purged draft cannot be published.
    registry.without_text("published_guides")
    registry.purge_rules += [
        PurgeRule("cases", ("title", "text", "customer", "owner", "url"), {"traits": {}}, "ended_at"),
        PurgeRule("case_notes", ("text",), over_at="at"),
        PurgeRule(
            "knowledge_gaps",
            ("title", "text"),
            {"state": guide_draft_tables.MISSING},
            kept=("state", guide_draft_tables.PUBLISHED),
        ),
    ]
