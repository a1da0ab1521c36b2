"""Partners: `/incident partners`, and the buttons that a partner's people press in their channel."""

from slack_bolt import Ack, App

from bot.incidents import listening, parse, responses
from bot.incidents.access import incident_number_here
from bot.incidents.parse import Payload, SlashCommand
from bot.incidents.responses import CommandResponse, Response
from bot.partners import answers, guidance_actions, ids, matrix, rules
from bot.partners.forms import field_id
from bot.partners.guidance import GuidanceField
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block


def register(app: App, services: Services) -> None:
    """Register the handlers of the notice's buttons, its form, and the matrix."""

    def received(body: Payload) -> None:
        number, channel = parse.clicked_number(body), body["channel"]["id"]
        answers.record_received(services, number, channel, parse.user_id(body), utcnow())

    def affected(body: Payload) -> None:
        number, channel = parse.clicked_number(body), body["channel"]["id"]
        services.slack.open_view(body["trigger_id"], answers.affected_form(services, number, channel))
        answers.record_asked(services, number, channel, parse.user_id(body))

    def guidance_form(body: Payload) -> Block:
        return guidance_actions.form(services, parse.clicked_number(body), parse.user_id(body))

    listening.on_action(app, services, ids.RECEIVED, received)
    listening.on_action(app, services, ids.AFFECTED, affected)
    listening.on_text(app, services, ids.AFFECTED_FORM, ids.AGENTS, answers.record_affected)
    listening.opens_view(app, services, ids.GUIDANCE, guidance_form)

    @app.view(ids.GUIDANCE_FORM)
    def save_guidance(ack: Ack, body: Payload) -> None:
        def act() -> Response:
            number, texts = parse.form_number(body), _guidance_texts(body)
            return guidance_actions.save(services, number, texts, parse.user_id(body), utcnow())

        responses.answer_form(services, body, next(iter(body["view"]["state"]["values"]), ""), act, ack)

    listening.on_click(app, services, listening.one_of_many(ids.TELL), matrix.send_from_button)

    listening.on_click(app, services, listening.one_of_many(ids.PHONED), matrix.phoned_from_button)


def partners(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident partners`, `add NAME`, `tell NAME`, `phoned NAME 12`, `guidance`: show who was told and who has
    answered; add, tell or phone a partner, write guidance for agents."""
    number = incident_number_here(services, command)
    word, _, argument = command.argument.partition(" ")
    argument = argument.strip()
    if word.lower() == "guidance":
        return guidance_actions.form(services, number, command.user_id)
    if word.lower() == "add":
        return matrix.add(services, number, argument, command.user_id, utcnow())
    if word.lower() == "tell":
        return matrix.send_notice_now(services, number, argument, command.user_id, utcnow())
    if word.lower() == "phoned":
        name, agents = rules.name_and_agents(argument, services.floor.partner_names)
        return matrix.record_phoned(services, number, name, agents, command.user_id, utcnow())
    return matrix.matrix(services, number, command.user_id, utcnow(), parse.page_number(word))


def _guidance_texts(body: Payload) -> dict[str, dict[GuidanceField, str]]:
    """The form's texts by language."""
    languages = dict.fromkeys(name.partition(".")[2] for name in body["view"]["state"]["values"])
    return {
        language: {field: parse.field_value(body, field_id(field, language)) for field in GuidanceField}
        for language in languages
    }
