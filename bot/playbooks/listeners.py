"""The playbook's buttons and forms: parse, act, answer."""

from collections.abc import Callable
from datetime import datetime

from slack_bolt import Ack, App

from bot.incidents import ids as incident_ids
from bot.incidents import listening, parse, responses
from bot.incidents.access import incident_number_here
from bot.incidents.parse import Payload, SlashCommand, page_number
from bot.incidents.responses import CommandResponse, FieldsRefused, Response
from bot.playbooks import ids, proposals, run_actions, step_actions, step_screens
from bot.playbooks.proposals import NewProposal
from bot.playbooks.step_effects import MessageToSend
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block

StartPlaybook = Callable[[Services, int, str, str, datetime], str]
SUBCOMMANDS = {
    "start": run_actions.start_manually,
    "stop": run_actions.stop,
    "switch": run_actions.switch,
}


def register(app: App, services: Services) -> None:
    """Register handlers for all playbook buttons and forms."""
    _register_buttons(app, services)
    _register_offers(app, services)
    _register_openers(app, services)
    _register_forms(app, services)
    _register_proposals(app, services)


def _register_buttons(app: App, services: Services) -> None:
    def snooze(minutes: int) -> listening.Act:
        def act(services: Services, step_id: int, by: str, now: datetime) -> Response:
            return step_actions.snooze(services, step_id, by, minutes, now)

        return act

    _register_button(app, services, ids.STEP_DONE, step_actions.complete)
    _register_button(app, services, ids.STEP_TAKE, step_actions.take)
    _register_button(app, services, ids.STEP_SNOOZE_10, snooze(10))
    _register_button(app, services, ids.STEP_SNOOZE_30, snooze(30))
    _register_button(app, services, ids.STEP_UNDO, step_actions.undo)


def _register_button(app: App, services: Services, action_id: str, act: listening.Act) -> None:
    """Register a button of a step; after the answer, the screen it was clicked on is refreshed."""

    @app.action(action_id)
    def click(ack: Ack, body: Payload) -> None:
        def act_on_step() -> Response:
            return act(services, parse.clicked_number(body), parse.user_id(body), utcnow())

        responses.answer_click(services, body, act_on_step, ack)
        step_screens.refresh_clicked(services, body)


def _register_offers(app: App, services: Services) -> None:
    _register_offer(app, services, ids.START, run_actions.start_manually, "started it")
    _register_offer(app, services, ids.SWITCH, run_actions.switch, "switched to it")


def _register_offer(app: App, services: Services, action_id: str, start: StartPlaybook, outcome: str) -> None:
    def take_offer(body: Payload) -> Response:
        number, _, name = parse.action_value(body).partition(":")
        answer = start(services, parse.parse_number(number), name, parse.user_id(body), utcnow())
        step_screens.close_offer(services, body, outcome)
        return answer

    listening.on_action(app, services, action_id, take_offer)


def _register_openers(app: App, services: Services) -> None:
    _register_opener(app, services, ids.STEP_SKIP, step_screens.skip_form)
    _register_opener(app, services, ids.STEP_ASSIGN, step_screens.assign_form)
    _register_opener(app, services, ids.STEP_ANSWER, step_screens.answer_form)

    def all_steps(body: Payload) -> Block:
        return step_screens.all_steps(services, parse.clicked_number(body), parse.user_id(body))

    listening.opens_view(app, services, ids.SHOW_ALL, all_steps)


def _register_opener(
    app: App, services: Services, action_id: str, build_form: Callable[[Services, int, str], Block]
) -> None:
    """Register a button that opens a form about a step, for users who may work on it while the incident lasts."""

    def open_form(body: Payload) -> None:
        step_id, user_id = parse.clicked_number(body), parse.user_id(body)
        step_actions.check_may_work(services, step_id, user_id)
        step_screens.open_form(services, body, build_form(services, step_id, user_id))

    listening.on_action(app, services, action_id, open_form)


def _register_forms(app: App, services: Services) -> None:
    def skip(body: Payload) -> None:
        reason = parse.field_value(body, ids.REASON)
        step_actions.skip(services, step_screens.step_in_form(body), parse.user_id(body), reason, utcnow())

    def assign(body: Payload) -> None:
        owner = parse.field_value(body, ids.OWNER)
        step_actions.assign(services, step_screens.step_in_form(body), owner, parse.user_id(body), utcnow())

    def answer(body: Payload) -> Response:
        step_id = step_screens.step_in_form(body)
        form_answers, posts = step_screens.read_answers(services, step_id, body["view"]["state"]["values"])
        if form_answers.errors:
            raise FieldsRefused(form_answers.errors)
        message_to_send = MessageToSend(parse.field_value(body, ids.MESSAGE)) if posts else None
        return step_actions.complete(
            services, step_id, parse.user_id(body), utcnow(), form_answers.answers, message_to_send
        )

    _register_form(app, services, ids.SKIP_FORM, skip)
    _register_form(app, services, ids.ASSIGN_FORM, assign)
    _register_form(app, services, ids.ANSWER_FORM, answer)


def _register_form(app: App, services: Services, form: str, act: Callable[[Payload], Response]) -> None:
    """Register a form about a step; after the answer, the screen below it is refreshed."""

    @app.view(form)
    def submit(ack: Ack, body: Payload) -> None:
        field = next(iter(body["view"]["state"]["values"]), "")
        if field:
            responses.answer_form(services, body, field, lambda: act(body), ack)
        else:
            # The form has no field to show a refusal at, so it is sent as a message.
            responses.answer_click(services, body, lambda: act(body), ack)
        step_screens.refresh_underlying(services, body)


def _register_proposals(app: App, services: Services) -> None:
    listening.opens_form(app, services, incident_ids.PROPOSE_FROM_FOLLOW_UP, proposals.form_of_follow_up)
    listening.opens_form(app, services, incident_ids.PROPOSE_FROM_REVIEW, proposals.form_of_review)
    listening.opens_form(app, services, ids.DECLINE_PROPOSAL, proposals.decline_form)
    listening.on_click(app, services, ids.ACCEPT_PROPOSAL, proposals.accept)

    def propose(body: Payload) -> str:
        incident = parse.private_metadata(body)
        new_proposal = NewProposal(
            key=f"form:{body['view']['id']}",
            playbook=parse.field_value(body, ids.PLAYBOOK),
            text=parse.field_value(body, ids.TEXT),
            owner_id=parse.field_value(body, ids.OWNER),
            decides_id=parse.field_value(body, ids.DECIDES),
            incident=parse.parse_number(incident) if incident else None,
        )
        return proposals.propose(services, new_proposal, parse.user_id(body), utcnow())

    listening.on_form(app, services, ids.PROPOSE_FORM, ids.TEXT, propose)
    listening.on_text(app, services, ids.DECLINE_FORM, ids.REASON, proposals.decline)


def playbook(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident playbook`, `start NAME`, `stop NAME`, `switch NAME`, `propose`, `proposals`: show what runs;
    start, stop or switch a playbook, or propose a change to one."""
    word, _, name = command.argument.partition(" ")
    if word.lower() == "proposals":
        return proposals.listing(services, command.user_id)
    if word.lower() == "propose":
        return proposals.form(services, command.user_id, name.strip())
    number = incident_number_here(services, command)
    subcommand = SUBCOMMANDS.get(word.lower())
    if subcommand and name:
        return subcommand(services, number, name.strip().lower(), command.user_id, utcnow())
    return run_actions.list_playbooks(services, number)


def my_steps(services: Services, command: SlashCommand) -> Response:
    """`/incident steps`, `/incident steps 2`: list your open playbook steps in all incidents."""
    return step_screens.steps_of_person(services, command.user_id, page_number(command.argument))
