"""The words around a partner's notice, used when the file of its language cannot be. Pure."""

from collections.abc import Mapping
from typing import Final

Labels = Mapping[str, str]

DEFAULT_LABELS: dict[str, str] = {
    "received": "Received",
    "affected": "We are affected…",
    "update_number": "Change the number…",
    "answered": "{mark} {who} · {when}",
    "said_received": "✅ Received",
    "said_affected": "⚠️ Affected",
    "agents_said": "{agents} agents",
    "form_title": "We are affected",
    "form_question": "How many of your agents?",
    "form_hint": "A number, such as 12. Leave it empty if nobody has counted yet.",
    "form_submit": "Send",
    "form_cancel": "Cancel",
    "not_a_number": "Please give a number, such as 12, or leave it empty.",
    "reminder": "Please press a button above, so that we know you have read this notice.",
    "all_clear": "✅ All clear. It is over; please go back to normal work.",
    "false_alarm": "✅ It was a false alarm. Nothing is wrong; please go back to normal work.",
    "drill": "🧪 *This is a drill.* Nothing is broken.",
    "merged": "➡️ This is the same outage as another one. Updates go on under the other notice.",
    "reopened": "It is not over after all: the notice above is open again. Please answer it once more.",
    "unmerged": "It is an outage of its own after all: the notice above is open again. Please answer it once more.",
    "guidance": "There is new guidance for your agents: please read the notice above again, and tell them.",
    "thanks": "Thank you.",
}

# Variables of a notice's template: the facts of an update to outsiders, and these.
VARIABLES = (
    "partner",
    "title",
    "emoji",
    "meaning",
    "impact",
    "places",
    "status",
    "is_over",
    "started",
    "lasting",
    "next_update",
    "agents_say",
    "agents_do_not_say",
    "workaround",
    "relief",
)


CHANNEL_LOST: Final = ": I can no longer write into its channel. `/invite` me there, or tell it the news by phone"
# What a partner is phoned for, by the reply that it would read below a notice.
PURPOSES_OF_CALLS = {
    "all_clear": ", to say that it is over",
    "false_alarm": ", to say that it was a false alarm",
    "merged": ", to say that it goes on under another incident",
    "reopened": ", to say that it is not over after all",
    "unmerged": ", to say that it is an outage of its own after all",
}
NO_CHANNEL = "it has no channel"
HELP = "`/incident partners` who was told and who answered · `add NAME`, `tell`, `phoned NAME 12`, `guidance`"
LISTED_ALREADY: Final = "{names}: already listed as affected; `/incident partners` shows where it stands."
ADDED: Final = "Added as affected: {names}. `/incident partners` shows who is told when."
NOTICE_SENT: Final = "The notice is on its way to {names}."
# The note about partners that are pointed to the new guidance in their notice.
GUIDANCE_ANNOUNCED: Final = "{names}: told below the notice."
# The note about partners that were phoned, and so have no notice that could show the guidance.
GUIDANCE_TO_PHONE: Final = "No notice shows it to {names}: please phone."
# The note about sentences that the notice leaves out.
GUESSES_LEFT_OUT: Final = "The {language} notice leaves out what customers could take for a promise: {sentences}"
# The note about names that the notice leaves out.
NAMES_LEFT_OUT: Final = "The {language} notice has no names of colleagues or other partners."


def plain_notice(facts: Mapping[str, object]) -> str:
    """The essentials of a notice without a template; `facts` are already escaped."""
    over_heads = {"merged": "See the other notice", "declined": "False alarm"}
    head = over_heads.get(str(facts["status"]), "All clear") if facts["is_over"] else str(facts["emoji"])
    return "\n".join(str(line) for line in (f"*{head}* {facts['title']}", facts["impact"]) if line)


def fill(pattern: str, **facts: object) -> str:
    """Replace each `{name}` in the pattern with its fact."""
    for name, fact in facts.items():
        pattern = pattern.replace(f"{{{name}}}", str(fact))
    return pattern


def phoned(partner: str, agents: int | None) -> str:
    """The answer to recording a phone call, with what was understood of it."""
    if agents is None:
        return f"Recorded: {partner} was phoned, without a number of affected agents."
    return f"Recorded: {partner} was phoned; {count_of_agents(agents)} {'is' if agents == 1 else 'are'} affected."


def count_of_agents(count: int) -> str:
    """`1 agent`, `12 agents`."""
    return "1 agent" if count == 1 else f"{count} agents"
