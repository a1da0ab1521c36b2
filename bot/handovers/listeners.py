"""Listeners for `/incident handover`, its form and the buttons of its messages: parse, act, answer."""

import re

from slack_bolt import App

from bot.handovers import actions, forms, ids, views
from bot.handovers.shift import listeners as shift_listeners
from bot.handovers.tables import Handover
from bot.incidents import ids as incident_ids
from bot.incidents import listening, parse
from bot.incidents.access import incident_number_here
from bot.incidents.parse import Payload, SlashCommand
from bot.incidents.responses import CommandResponse
from bot.runtime.clock import utcnow
from bot.services import Services

PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


def hand_over(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident handover @ana`, `/incident handover scribe @ana`, `/incident handover shift`: hand over command
    with a summary, a role at once, or a shift item by item."""
    if parse.first_word(command.argument)[0].lower() in shift_listeners.COMMANDS:
        return shift_listeners.shift_command(services, command)
    number = incident_number_here(services, command)
    person = PERSON.search(command.raw_argument)
    typed_role = command.raw_argument[: person.start()] if person else command.raw_argument.partition("@")[0]
    if typed_role.strip():
        role, to = parse.role_and_person(command.raw_argument, list(services.floor.roles), "handover")
        return actions.hand_over_role(services, number, role, to, command.user_id, utcnow())
    if command.raw_argument.strip() and person is None:
        raise parse.PersonMissing(example="handover")
    return actions.offer_form(services, number, command.user_id, utcnow(), person[1] if person else None)


def register(app: App, services: Services) -> None:
    """Register the listeners for the card's button, the form and the incoming person's buttons."""
    for button in (incident_ids.HAND_OVER, ids.OFFER_AGAIN):
        listening.opens_form(app, services, button, actions.offer_form)
    listening.on_click(app, services, ids.WITHDRAW, actions.take_back)
    listening.on_click(app, services, ids.ACCEPT, actions.accept)
    listening.opens_view(app, services, ids.SEND_BACK, lambda body: forms.question_form(_readable(services, body)))
    listening.opens_view(app, services, ids.READ, lambda body: views.summary_view(_readable(services, body)))

    def offer(body: Payload) -> None:
        to, note = parse.field_value(body, ids.PERSON), parse.field_value(body, ids.NOTE)
        actions.offer(services, parse.form_number(body), to, note, parse.user_id(body), utcnow())

    listening.on_form(app, services, ids.OFFER_FORM, ids.PERSON, offer)
    listening.on_text(app, services, ids.QUESTION_FORM, ids.QUESTION, actions.send_back)


def _readable(services: Services, body: Payload) -> Handover:
    return actions.readable(services, parse.clicked_number(body), parse.user_id(body))
