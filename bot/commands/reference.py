"""The reference of `/incident`, built from what the nouns register. `docs/commands.md` is its output."""

from bot.incidents.registry import Registry

INTRODUCTION = """# Commands

Every command begins with `/incident`, and most have a button as well. In an incident's channel, a command is about
that incident. `/incident help` lists the commands in Slack, `/incident page help` explains one; a mistyped one gets
a suggestion.

A severity may be typed as `S1`, `sev 1` or `severity 1`, a person as `@name`, an incident as `12`, `#12` or its
channel. If you may not do something, the refusal says who may.

"""
# Guides that say more than the table.
GUIDES = (
    (
        "incidents.md",
        "The life of an incident",
        "declaring, merging, false alarms, privacy, drills, lists and search",
    ),
    ("updates.md", "Updates", "updates, drafts, pace and pauses"),
    ("subscribers.md", "Subscribers", "updates by direct message"),
    ("handovers.md", "Handovers", "handing over command, catching up"),
    ("escalation.md", "Escalation", "the ladder, `/incident page`"),
    ("playbooks.md", "Playbooks", "playbooks and their steps"),
    ("partners.md", "Partners", "notices to partners"),
    ("impact.md", "Impact", "figures, the chart, what-if"),
    ("frontdoor.md", "Front door and routing", "what callers hear, routing faults"),
    ("lockouts.md", "Lockouts", "agents who cannot sign on"),
    ("changes.md", "Changes", "nesting and routing changes"),
    ("alerts.md", "Alerts", "incidents that other systems report"),
    ("shifts.md", "Shifts", "who is on duty, absences, gaps"),
    ("cases.md", "Cases", "the board, similar cases, guides"),
    ("reports.md", "Reports", "the day, the week, the month"),
    ("ledger.md", "Credits and refunds", "the ledger of an incident"),
    ("timeline.md", "The timeline", "notes, milestones, corrections"),
    ("followups.md", "Follow-ups", "what is left to do"),
    ("postmortem.md", "The post-mortem", "the draft, its review, publishing it"),
)


def render(registry: Registry) -> str:
    """Return the whole page as Markdown."""
    # Two words may have the same function.
    rows = {registry.usage(name) for name in registry.commands}
    lines = [
        "| What you type | What it does |",
        "|---|---|",
        *(f"| {syntax} | {description} |" for syntax, description in sorted(rows, key=_syntax)),
    ]
    guides = [f"- [{title}]({name}): {topics}" for name, title, topics in GUIDES]
    return INTRODUCTION + "\n".join([*lines, "", "## More", "", *guides, ""])


def _syntax(row: tuple[str, str]) -> str:
    return row[0].replace("`", "")
