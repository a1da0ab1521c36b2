"""What a timeline entry says, in words. One place for every surface; pure."""

from collections.abc import Callable
from string import Formatter
from typing import Any

from bot.slack.text import mentioned_people, spoken

Naming = Callable[[str], str]

# People are written `{who}` (the actor) or `{facts_user}`; every other name is a fact of the entry.
SENTENCES = {
    "declared": "{who} declared it as {severity}: {title}",
    "shortcut_message": "It began with a message{of_whom}: {text} ({link})",
    "type": "{who} changed what it is about from {old} to {new}",
    "severity": "{who} changed the severity from {old} to {new}: {reason}",
    "status": "{who} set the status to {new}{because}",
    "resolved": "{who} resolved it{because}",
    "reopened": "{who} reopened it{because}",
    "closed": "{who} closed it{because}",
    "impact": "{who} described the impact: {text}",
    "role_taken": "{user} is {role}",
    "role_given": "{who} made {user} {role}",
    "role_handed_over": "{who} handed {role} over to {user}",
    "role_left": "{user} is no longer {role}",
    "paged": "{who} told {user} that they are needed{because}",
    "page_passed_over": "{user} was not told: {reason}",
    "page_unanswered": "{user} did not answer",
    "pager_failed": "The pager could not be told of {user}: {reason}",
    "page_declined": "{who} can't come",
    "on_my_way": "{who} is on the way",
    "escalated": "{who} escalated to tier {tier} of the ladder{because}",
    "ladder_topped": "Everyone on the escalation ladder was told, and nobody came",
    "joined": "{who} joined",
    "left": "{who} left",
    "front_door": "{who} set the front door to: {new}",
    "playbook_stopped": "{who} stopped the playbook {playbook}",
    "step_snoozed": "{who} let a step rest for {minutes} minutes: {step}",
    "step_reminded": "The {level} was reminded of a step: {step}",
    "step_repeated": "A step came round again: {step}",
    "playbook_started": "The playbook {playbook} was started",
    "step_done": "{who} did: {step}{answered}",
    "step_waived": "{who} waived: {step} ({reason})",
    "step_skipped": "{who} skipped: {step} ({reason})",
    "step_assigned": "{who} gave {user} the step: {step}",
    "step_undone": "{who} took back: {step}",
    "update_sent": "The update for {audience} was sent{manner}",
    "updates_missed": "{missed} updates for {audience} were missed",
    "message": "{who}: {text}",
    "trouble": "Slack did not let me {what}: {reason}",
    "channel_lost": "Watchfloor lost the channel: {reason}",
    "channel_found": "The channel is back",
    "postmortem_delivered": "The post-mortem draft was delivered",
}
PEOPLE = ("user", "author")
# Their words came from Slack as it writes them: ids for names, escapes for `<` and `&`.
SAID = ("message", "shortcut_message")


def sentence(kind: str, actor_id: str | None, facts: dict[str, Any], name: Naming) -> str:
    """The entry as one sentence; `name` says how a person is written on the surface that shows it."""
    pattern = SENTENCES.get(kind, kind.replace("_", " "))
    given: dict[str, Any] = {"who": name(actor_id) if actor_id else "Watchfloor", "because": _because(facts)}
    given["of_whom"] = f" of {name(facts['author'])}" if facts.get("author") else ""
    given["answered"] = _answered(facts, name)
    for key, value in facts.items():
        given[key] = name(value) if key in PEOPLE and isinstance(value, str) else value
    if kind in SAID:
        given["text"] = spoken(str(facts.get("text", "")), name)
    needed = {key for _, key, _, _ in Formatter().parse(pattern) if key}
    return pattern.format(**{key: given.get(key, "unknown") for key in needed})


def _because(facts: dict[str, Any]) -> str:
    return f": {facts['reason']}" if facts.get("reason") else ""


def _answered(facts: dict[str, Any], name: Naming) -> str:
    answers = facts.get("answers") or {}
    said = [f"{asked} {spoken(str(answer), name)}" for asked, answer in answers.items()]
    return f" ({'; '.join(said)})" if said else ""


def people_in(facts: dict[str, Any]) -> set[str]:
    """Everyone a fact speaks of: their names are needed for the sentence."""
    said = [facts.get("text") or "", *(facts.get("answers") or {}).values()]
    named = {facts[key] for key in PEOPLE if isinstance(facts.get(key), str)}
    return named.union(*(mentioned_people(str(words)) for words in said))
