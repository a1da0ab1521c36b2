"""The plain wording of an update, for when a template is broken. Pure."""

from typing import Any


def plain(facts: dict[str, Any]) -> str:
    """What matters, without a template; `facts` are those of the template, escaped already."""
    lines = [f"*{facts['severity']} {facts['status']}* – {facts['title']}"]
    lines += [facts[part] for part in ("impact", "news") if facts[part]]
    lines += [f"• {change}" for change in facts["changes"]]
    if facts["next_update"]:
        lines.append(f"Next update {facts['next_update']}.")
    return "\n".join(lines)
