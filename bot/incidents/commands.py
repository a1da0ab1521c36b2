"""`/incident …`: each subcommand is one function that parses, acts and gives back what to answer."""

from collections.abc import Callable

from slack_bolt import Ack, App

from bot.escalation import listeners as escalation
from bot.followups import listeners as followups
from bot.incidents import actions as changes
from bot.incidents import forms, ids, parse, roles, rules
from bot.incidents import lifecycle as ending
from bot.incidents import responses as answering
from bot.incidents.access import incident_here, open_about
from bot.incidents.declare_actions import declare_by_words, open_declare_form
from bot.incidents.parse import Typed
from bot.incidents.responses import Payload, Words
from bot.incidents.tables import Incident
from bot.partners import listeners as partners
from bot.playbooks import run_actions as playbook_runs
from bot.postmortems import listeners as postmortems
from bot.runtime.clock import utcnow
from bot.screens.panels import help_words, open_incidents, panel, steps_of_person
from bot.screens.timeline import listeners as timeline
from bot.services import Services
from bot.slack.blocks import Block
from bot.subscriptions import listeners as subscriptions
from bot.updates import listeners as updates

Subcommand = Callable[[Services, Typed], Words]


def register(app: App, services: Services) -> None:
    """Listen to `/incident`."""

    @app.command(ids.COMMAND)
    def incident(ack: Ack, body: Payload) -> None:
        typed = parse.typed(body)
        answering.command(services, lambda: run(services, typed), ack)


def run(services: Services, typed: Typed) -> Words:
    """What was typed, done."""
    subcommand = SUBCOMMANDS.get(typed.word)
    if subcommand is None:
        raise rules.nearest_command(typed.word, [word for word in SUBCOMMANDS if word])
    return subcommand(services, typed)


def alone(services: Services, typed: Typed) -> Words:
    """`/incident` alone: the control panel in an incident's channel, help elsewhere."""
    return panel(services, typed.channel_id, typed.user_id) or help_words()


def show_help(services: Services, typed: Typed) -> Words:
    """`/incident help`"""
    return help_words()


def show_list(services: Services, typed: Typed) -> Words:
    """`/incident list`"""
    return open_incidents(services, typed.user_id)


def declare(services: Services, typed: Typed) -> Words:
    """`/incident declare S1 IVR down in Manila`, or the form when no title is given."""
    wanted = rules.read_declaration(typed.rest)
    if not wanted.title:
        open_declare_form(services, typed.trigger_id, typed.user_id, severity=wanted.severity or "")
        return None
    return declare_by_words(services, typed.trigger_id, typed.user_id, wanted, typed.response_url)


def severity(services: Services, typed: Typed) -> Words:
    """`/incident severity S0 reason`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    first, _, reason = typed.rest.partition(" ")
    if not first:
        return _asked(services, typed, number, lambda found: forms.severity_form(found, services.floor))
    return changes.change_severity(
        services, number, rules.read_severity(first), reason.strip(), typed.user_id, utcnow()
    )


def status(services: Services, typed: Typed) -> Words:
    """`/incident status mitigated reason`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    first, _, reason = typed.rest.partition(" ")
    if not first:
        return _asked(services, typed, number, forms.status_form)
    wanted = rules.read_status(first)
    return changes.change_status(services, number, wanted, reason.strip(), typed.user_id, utcnow())


def impact(services: Services, typed: Typed) -> Words:
    """`/incident impact half the calls are dropped`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    if not typed.rest:
        return _asked(services, typed, number, forms.impact_form)
    return changes.describe_impact(services, number, rules.clean_title(typed.rest), typed.user_id, utcnow())


def claim(services: Services, typed: Typed) -> Words:
    """`/incident claim commander`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return roles.claim(services, number, _role(services, typed.rest), typed.user_id, utcnow())


def leave(services: Services, typed: Typed) -> Words:
    """`/incident leave commander`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return roles.leave(services, number, _role(services, typed.rest), typed.user_id, utcnow())


def assign(services: Services, typed: Typed) -> Words:
    """`/incident assign commander @ana`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    role, person = parse.role_and_person(typed.raw, list(services.floor.roles), "assign")
    return roles.give(services, number, role, person, typed.user_id, utcnow())


def hand_over(services: Services, typed: Typed) -> Words:
    """`/incident handover commander @ana`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    role, person = parse.role_and_person(typed.raw, list(services.floor.roles), "handover")
    return roles.hand_over(services, number, role, person, typed.user_id, utcnow())


def playbook(services: Services, typed: Typed) -> Words:
    """`/incident playbook`, `/incident playbook start NAME`, `stop NAME`, `switch NAME`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    word, _, name = typed.rest.partition(" ")
    act = PLAYBOOK_ACTS.get(word.lower())
    if act and name:
        return act(services, number, name.strip().lower(), typed.user_id, utcnow())
    return playbook_runs.list_playbooks(services, number)


def kind(services: Services, typed: Typed) -> Words:
    """`/incident type telephony`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return changes.change_type(services, number, typed.rest, typed.user_id, utcnow())


def my_steps(services: Services, typed: Typed) -> Words:
    """`/incident steps`"""
    return steps_of_person(services, typed.user_id)


def resolve(services: Services, typed: Typed) -> Words:
    """`/incident resolve reason`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return ending.resolve(services, number, typed.rest, typed.trigger_id, typed.user_id, utcnow())


def close(services: Services, typed: Typed) -> Words:
    """`/incident close`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return ending.close(services, number, typed.rest, typed.user_id, utcnow())


def reopen(services: Services, typed: Typed) -> Words:
    """`/incident reopen reason`"""
    number = incident_here(services, typed.channel_id, typed.user_id)
    return ending.reopen(services, number, typed.rest, typed.user_id, utcnow())


def _asked(services: Services, typed: Typed, number: int, draw: Callable[[Incident], Block]) -> Words:
    """What was left out of the command is asked for in its form."""
    open_about(services, typed.trigger_id, number, typed.user_id, draw)
    return None


def _role(services: Services, given: str) -> str:
    return parse.role(given, list(services.floor.roles))


PLAYBOOK_ACTS = {
    "start": playbook_runs.start_by_hand,
    "stop": playbook_runs.stop,
    "switch": playbook_runs.switch,
}
SUBCOMMANDS: dict[str, Subcommand] = {
    "": alone,
    "help": show_help,
    "list": show_list,
    "declare": declare,
    "severity": severity,
    "status": status,
    "impact": impact,
    "claim": claim,
    "leave": leave,
    "assign": assign,
    "handover": hand_over,
    "type": kind,
    "playbook": playbook,
    "steps": my_steps,
    "page": escalation.page,
    "escalate": escalation.escalate_now,
    "update": updates.update,
    "updates": updates.updates,
    "cadence": updates.cadence,
    "pause": updates.pause,
    "resume": updates.resume,
    "partners": partners.partners,
    "subscribe": subscriptions.subscribe,
    "unsubscribe": subscriptions.unsubscribe,
    "subscriptions": subscriptions.show,
    "timeline": timeline.show,
    "note": timeline.note,
    "correct": timeline.correct,
    "milestones": timeline.show_milestones,
    "resolve": resolve,
    "close": close,
    "reopen": reopen,
    "followup": followups.add,
    "followups": followups.show,
    "postmortem": postmortems.ask,
}
