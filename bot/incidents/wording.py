"""Answers and messages about the incident itself: its lifecycle, its roles, its channel. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.slack.text import day_and_time, escape

# Commands.
HELP_DECLARE = "`/incident declare` a form · `/incident declare S1 IVR down in Manila` at once"
HELP_DRILL = "`/incident drill S1 IVR down in Manila` for practice"
HELP_AFTERWARDS = "`/incident declare afterwards S1 IVR was down from 09:10 to 10:40` once it is over"
HELP_STATE = "`/incident severity S0 reason` · `/incident status mitigated reason` · `/incident impact text`"
HELP_BRIEF = "`/incident brief` impact, cause, actions and needs in one form: updates are written from them"
HELP_EDIT = "`/incident edit` title, type, sites and partners · `/incident rename title`"
HELP_ROLES = "`/incident claim commander` · `/incident assign commander @ana`"
HELP_PRIVATE = "`/incident private reason` a private channel takes over"
HELP_ENDING = "`/incident resolve reason` · `/incident close` · `/incident reopen reason`"
HELP_DECLINE = "`/incident decline reason` it was a false alarm · `/incident merge 12` it goes on in that one"
HELP_BRIDGE = "`/incident bridge https://…` or a phone number: where people talk"
OTHER_WORKSPACE = (
    "Watchfloor works in another workspace. Use it there, or ask its administrator to add this workspace."
)
# The question about an incident in which nobody recorded anything; `nobody` may begin with a mention of the lead.
IDLE: Final = (
    "{nobody} has recorded anything in incident {number} for {length}. Is it still going on? Then say what is new: "
    "`/incident brief`. If it is over: `/incident resolve reason`, or `/incident decline reason` for a false alarm."
)
IDLE_RESOLVED: Final = (
    "{nobody} has recorded anything in incident {number} for {length}, and it is resolved. If nothing is left to "
    "do, end it with `/incident close`."
)
MORE_IN_LIST = " and more in `/incident list`"
# The home tab of people who may not declare or change incidents.
HOME_OF_GUESTS = (
    "Colleagues declare incidents and lead them; if something is wrong, tell one of them. As a guest you get the "
    "updates of an incident when you type `/incident subscribe` in its channel. Below a notice for your company, "
    "*Received* and *We are affected…* are for you."
)
HOME_OF_STRANGERS = (
    "Watchfloor posts notices about outages in the channel that you share with us. *Received* and *We are "
    "affected* below them are for you. If something is wrong, tell your contact there."
)
# When something fails.
UNEXPECTED_ERROR = (
    "Something went wrong on my side and nothing was changed. Please try again; the administrator finds the reason "
    "in the log."
)
UNEXPECTED_LATE = (
    "Something went wrong on my side, and I do not know whether that was done. Please look before you try again; "
    "the administrator finds the reason in the log."
)
SLACK_UNAVAILABLE = "Slack is not answering right now, so I could not do that. Please try again in a moment."
SLACK_SILENT_LATE = (
    "Slack is not answering right now, and I do not know whether all of that was done. Please look before you try "
    "again."
)
# Declaring.
DECLARATION_CANCELLED = "Cancelled. Nothing was opened."
NO_CHANNEL_NAME_LEFT = "every name for its channel is taken; rename the old channels or choose another title."
YOU_ARE_IN = "You are in it."
YOU_ARE_IN_AFTERWARDS = "You are in it; `/incident close` there writes the post-mortem draft."
DECLARED: Final = "Incident {number} {state}: {channel} ({severity}, {title}). {ending}"
# The note if no severity was given.
DEFAULT_SEVERITY: Final = " It is {severity} until you change it."
# The note about a typed time that could have been another.
TIME_REPEATED: Final = (
    " {time} came twice, because the clocks went back; I took the {which}. `/incident milestones` corrects it."
)
NOT_OPENED: Final = "The incident was not opened: {reason} Nothing was left half-done; please try again."
REPORT_ON_RECORD: Final = "No new incident was opened. Your report is on the record of {channel}."
ANSWERED_WITH: Final = "You have answered this already: the incident is {channel}."
ANSWERED_ALREADY: Final = "You have answered this already: {decision}."
# Situation, status.
IMPACT_SAVED = "Impact saved. It shows on the card."
SEVERITY_CHANGED: Final = "Severity changed from {old_severity} to {new_severity}."
STATUS_CHANGED: Final = "Status changed from {old_status} to {new_status}.{question}"
DESCRIBE_CAUSE = "Please describe the cause with `/incident brief`: updates say that it is not described yet."
# The status says that the cause is known, the situation that it is a guess.
STILL_SUSPECTED = (
    "Updates say that the cause is only suspected. If it is certain now, choose *Known*: `/incident brief`."
)
RESOLVED = (
    "Resolved. The last update is on its way. Type `/incident close` in its channel once nothing is left to do."
)
DECLINED = "Declined as a false alarm. Everyone who was told of it is told so, and no more updates follow."
REOPENED: Final = "Incident {number} is open again."
MERGED: Final = "Incident {number} is merged into incident {target_number}: {channel}."
UNMERGED: Final = (
    "Incident {number} is one of its own again. Its cases, alerts, caller messages, routing faults and subscribers "
    "went to incident {target_number} and stay there, and so do its sites and partners: `/incident edit` in that "
    "channel takes out what does not belong."
)
# The message in the merged incident's channel.
GOES_ON_IN: Final = "This incident was merged into #{number}. Please go on in {channel}."
RESOLVE_QUESTION = "What ended the impact?"
DECLINE_QUESTION = "Why is it a false alarm?"
REOPEN_QUESTION = "Why is it open again?"
WHAT_PRIVATE_MEANS = (
    "A private channel takes over, with everybody who is in this one. Watchfloor deletes its messages about the "
    "incident, and this channel is archived. *This cannot be undone.*"
)
NOTHING_RELATED = "Nothing is related to this incident. `/incident related 12` relates it to incident 12."
RELATED_ADVICE = "`/incident related remove 12` takes one off."
NOW_RELATED: Final = "Incident {number} and incident {other} are related."
NOT_RELATED: Final = "Incident {number} and incident {other} are not related."
RENAMED: Final = "The title is now “{title}”. The channel is renamed in a moment."
# After a title that names more than the incident has; only what is chosen in the form is told and counted.
NOT_IN_SCOPE: Final = " Not among its sites and partners: {places}. `/incident edit` adds them."
TYPE_CHANGED: Final = "Its type is now {type_title}."
MILESTONE_SET: Final = "{title}: {at}. It is in the timeline and counts in every figure."
# Roles, bridge.
ROLE_VACANT = " The role is free until somebody takes it."
ROLE_YOURS_ALREADY: Final = "You are {role} already."
ROLE_TAKEN: Final = "You are {role} of incident {number}."
ROLE_THEIRS_ALREADY: Final = "{person} is {role} already."
ROLE_ASSIGNED: Final = "{person} is {role} of incident {number} now and has been told."
ROLE_LEFT: Final = "You are no longer {role}.{vacant}"
# The message to a person who was given a role.
ROLE_GIVEN: Final = "You are *{role}* of incident {number} in {channel}. {duties}"
# The message in the channel about a role holder whose account is deactivated.
ACCOUNT_GONE: Final = (
    "⚠️ The account of {name}, {roles} of this incident, was deactivated. Please take the role with the buttons"
    " on the card, or `/incident claim`."
)
BRIDGE_SAVED = "Bridge saved. It shows on the card, in the channel's topic and in updates to colleagues."
BRIDGE_REMOVED = "Bridge removed."
FLOOR_BRIDGE_SHOWS: Final = "Bridge removed. The floor's own shows instead: {bridge}"
NO_BRIDGE = "No bridge yet. `/incident bridge https://…` or a phone number sets it."
# The channel.
UNARCHIVE_CHANNEL = "Unarchive it and `/invite` me there, and I will show everything again."
CHANNEL_CANNOT_COME_BACK = "It cannot come back; please agree on another place to talk."
OPEN_AND_INVITE = "If it is still there, unarchive it and `/invite` me there, and I will show everything again."
INVITE_ME = "Invite me there with `/invite`, and I will show everything again."
CHANNEL_IS_LOST: Final = (
    "I can no longer write into the channel of incident {number}, {channel}. Its control panel works anywhere."
)
YOU_ARE_IN_CHANNEL: Final = "You are in {channel}. {bridge}"
COULD_NOT_ADD: Final = "I could not add you to {channel}: {reason}."
NOT_INVITED: Final = "I could not invite {people}. Please invite them by hand with `/invite`."
GROUP_NOT_INVITED: Final = "I could not invite {group}: {reason}. Please invite them by hand with `/invite`."
# The message to the incident's lead.
NO_PRIVATE_CHANNEL: Final = (
    "Incident {number} is private, but I could not make a private channel for it: {reason} Please agree on "
    "another place to talk. Use the control panel below; `/incident {number}` shows it again."
)
MESSAGES_DELETED: Final = "This incident is private now. I deleted {deleted_count} of my {total} messages about it."
MESSAGES_NOT_DELETED: Final = "• {count} of them in {channel} stay there: {reason}."
OLD_CHANNEL: Final = (
    "• What people wrote in {channel} is still there. The channel is {state}, and everybody in the workspace "
    "can read it; a workspace owner can delete it."
)
READ_OR_COPIED = "• Nobody can take back what somebody has read or copied."


def about_incident(number: int, answer: str) -> str:
    """An answer that is read outside the incident's channel, such as the one to a form."""
    subject = f"Incident {number}"
    return answer if answer.startswith(subject) else f"{subject}: {answer}"


def responders_invited(groups: Sequence[str]) -> str:
    """Added to the answer to a higher severity or another type."""
    return f"Invited: {', '.join(escape(name) for name in groups)}."


def severity_changed_by_other(commander: str, by: str, verb: str, old: str, new: str, reason: str) -> str:
    """The message in the channel to a commander who did not change it."""
    return f"{commander}, {by} {verb} the severity from {old} to {new}{f': {reason}' if reason else '.'}"


def reopened_by(person: str, reason: str) -> str:
    """The message in the channel of an incident that is reopened."""
    return f"{person} opened this incident again{f': {reason}' if reason else '.'}"


def recorded_as_resolved(started_at: datetime, ended_at: datetime) -> str:
    """The state of an incident declared afterwards, with the times as they were understood."""
    return f"is recorded as resolved, from {day_and_time(started_at)} to {day_and_time(ended_at)}"


def merged_here(number: int, title: str, by: str, impact: str, higher_severity: str) -> str:
    """The message in the channel of the incident that takes over; of a private one without title and impact.

    `higher_severity` is the merged incident's, if it is higher than that of the one that takes over.
    """
    name = f"#{number} {title}" if title else f"#{number}"
    text = f"{by} merged {name} into this incident."
    if higher_severity:
        text += f" It was {higher_severity}; `/incident severity {higher_severity}` raises this one."
    return f"{text} Its impact: {impact}" if impact else text


def unmerged_here(number: int, title: str, by: str, reason: str) -> str:
    """The message in that channel when the merge is undone; of a private incident without title and reason."""
    name = f"#{number} {title}" if title else f"#{number}"
    because = f": {reason}." if reason else "."
    return f"{by} took {name} out of this incident again{because} `/incident edit` corrects sites and partners."


def made_private(merged_numbers: Sequence[int]) -> str:
    """The answer to `/incident private`; the incidents merged into this one become private with it."""
    answer = (
        "This incident is private now. A private channel takes over in a moment, with everybody who was here. My "
        "messages about it are deleted, and this channel is archived."
    )
    if merged_numbers:
        names = ", ".join(f"#{number}" for number in merged_numbers)
        answer += f" Incidents that were merged into it become private, too: {names}."
    return answer
