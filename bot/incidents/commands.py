"""The incident's own commands: each is one function that parses, acts and returns the answer."""

from bot.incidents import (
    declaration_forms,
    forms,
    lifecycle,
    merging,
    parse,
    privacy,
    recognition,
    related,
    renaming,
    roles,
    rules,
    scope,
    severity_actions,
    situation_actions,
    situation_screens,
    wording,
)
from bot.incidents.access import incident_form, incident_number_here, named_incident
from bot.incidents.declaring import declare_as_typed, drill_from_command
from bot.incidents.lifecycle import LifecycleForm
from bot.incidents.parse import SlashCommand
from bot.incidents.registry import Registry, Section
from bot.incidents.responses import CommandResponse, Response
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block


def register(registry: Registry) -> None:
    """`/incident WORD …`, with what `/incident help` says of it."""
    for name, subcommand in {
        "declare": declare,
        "drill": drill,
        "severity": severity,
        "status": status,
        "impact": impact,
        "brief": brief,
        "claim": claim,
        "leave": leave,
        "assign": assign,
        "type": change_type,
        "edit": edit,
        "rename": rename,
        "resolve": resolve,
        "close": close,
        "reopen": reopen,
        "decline": decline,
        "merge": merge,
        "related": related_incidents,
        "private": make_private,
    }.items():
        registry.command(name, subcommand)
    for section, position, text in HELP:
        registry.help(section, position, text)


HELP = (
    (Section.ANYWHERE, 1, wording.HELP_DECLARE),
    (Section.ANYWHERE, 3, wording.HELP_DRILL),
    (Section.ANYWHERE, 3, wording.HELP_AFTERWARDS),
    (Section.CHANNEL, 2, wording.HELP_STATE),
    (Section.CHANNEL, 3, wording.HELP_BRIEF),
    (Section.CHANNEL, 2, wording.HELP_EDIT),
    (Section.CHANNEL, 3, wording.HELP_ROLES),
    (Section.CHANNEL, 4, "`/incident leave commander`"),
    (Section.CHANNEL, 6, wording.HELP_PRIVATE),
    (Section.ENDING, 1, wording.HELP_ENDING),
    (Section.ENDING, 2, wording.HELP_DECLINE),
)


def declare(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident declare S1 IVR down in Manila`: open an incident; without a title, it opens a form. `declare
    afterwards …`, `declare private …` and `declare drill …` say how."""
    return declare_as_typed(services, command.trigger_id, command.user_id, command.argument, command.response_url)


def drill(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident drill S1 IVR down in Manila`: practise an incident, which is marked everywhere and counts in no
    figure."""
    declaration = recognition.read_declaration(command.argument)
    recognition.check_only_kind(recognition.Kind.DRILL, declaration.kind)
    return drill_from_command(services, command.trigger_id, command.user_id, declaration, command.response_url)


def severity(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident severity S0 Cebu too`: change the severity, with the reason."""
    number = incident_number_here(services, command)
    typed_severity, reason = recognition.split_severity(command.argument)
    if not typed_severity:
        return incident_form(
            services, number, command.user_id, lambda incident: forms.severity_form(incident, services.floor)
        )
    return severity_actions.change_severity(
        services, number, rules.read_severity(typed_severity), reason, command.user_id, utcnow()
    )


def status(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident status mitigated moved to trunk 8`: change the status, with the reason."""
    number = incident_number_here(services, command)
    typed_status, reason = parse.first_word(command.argument)
    if not typed_status:
        return incident_form(services, number, command.user_id, forms.status_form)
    new_status = rules.read_status(typed_status)
    return lifecycle.change_status(services, number, new_status, reason, command.user_id, utcnow())


def impact(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident impact half the calls are dropped`: record who is affected and how; alone, it opens the form of
    the situation."""
    number = incident_number_here(services, command)
    if not command.argument:
        return brief(services, command)
    return situation_actions.describe_impact(
        services, number, rules.clean_title(command.argument), command.user_id, utcnow()
    )


def brief(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident brief`: record impact, cause, actions and needs in one form; updates are written from them."""
    number = incident_number_here(services, command)
    return situation_screens.form(services, number, command.user_id, utcnow())


def claim(services: Services, command: SlashCommand) -> Response:
    """`/incident claim commander`: take a role."""
    number = incident_number_here(services, command)
    return roles.claim(services, number, _role(services, command.argument), command.user_id, utcnow())


def leave(services: Services, command: SlashCommand) -> Response:
    """`/incident leave commander`: give a role back."""
    number = incident_number_here(services, command)
    return roles.leave(services, number, _role(services, command.argument), command.user_id, utcnow())


def assign(services: Services, command: SlashCommand) -> Response:
    """`/incident assign commander @ana`: give somebody a role."""
    number = incident_number_here(services, command)
    role, person = parse.role_and_person(command.raw_argument, list(services.floor.roles), "assign")
    return roles.assign(services, number, role, person, command.user_id, utcnow())


def change_type(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident type telephony`: change the type; a playbook that fits better is offered.
    Alone, it opens a form."""
    if not command.argument:
        return edit(services, command)
    number = incident_number_here(services, command)
    return scope.change_type(services, number, command.argument, command.user_id, utcnow())


def rename(services: Services, command: SlashCommand) -> Response:
    """`/incident rename IVR down in Manila and Cebu`: change the title; channel and messages follow."""
    number = incident_number_here(services, command)
    title = rules.clean_title(recognition.without_quotes(command.argument))
    return renaming.rename(services, number, title, command.user_id, utcnow())


def edit(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident edit`: change title, type, sites and partners in a form."""
    number = incident_number_here(services, command)
    return incident_form(
        services, number, command.user_id, lambda incident: declaration_forms.scope_form(incident, services.floor)
    )


def resolve(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident resolve the carrier replaced a card`: record that the impact is over; everyone who was told of it
    gets the last update."""
    number = incident_number_here(services, command)
    if form := _form_if_incomplete(services, command, number, lifecycle.RESOLVE):
        return form
    return lifecycle.resolve(services, number, command.argument, command.trigger_id, command.user_id, utcnow())


def close(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident close`: close the incident; the post-mortem draft is written."""
    number = incident_number_here(services, command)
    if form := _form_if_incomplete(services, command, number, lifecycle.CLOSE):
        return form
    return lifecycle.close(services, number, command.argument, command.user_id, utcnow())


def reopen(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident reopen calls drop again`: open the incident again, because it is not over after all,
    or was merged by mistake."""
    number = incident_number_here(services, command)
    if form := _form_if_incomplete(services, command, number, lifecycle.REOPEN):
        return form
    return merging.reopen(services, number, command.argument, command.user_id, utcnow())


def decline(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident decline a probe was misconfigured`: end the incident as a false alarm."""
    number = incident_number_here(services, command)
    if form := _form_if_incomplete(services, command, number, lifecycle.DECLINE):
        return form
    return lifecycle.decline(services, number, command.argument, command.trigger_id, command.user_id, utcnow())


def merge(services: Services, command: SlashCommand) -> Response:
    """`/incident merge 12`: end this incident, which continues in incident 12."""
    number = incident_number_here(services, command)
    target_number = named_incident(services, command.raw_argument, "merge", command.user_id)
    return merging.merge(services, number, target_number, command.user_id, utcnow())


def related_incidents(services: Services, command: SlashCommand) -> Response:
    """`/incident related`, `/incident related 12`, `/incident related remove 12`: link incidents that belong
    together."""
    number = incident_number_here(services, command)
    if not command.argument:
        return related.describe(services, number)
    first_word, argument = parse.first_word(command.raw_argument)
    is_removed = first_word.lower() in ("remove", "not", "no")
    other_number = named_incident(
        services, argument if is_removed else command.raw_argument, "related", command.user_id
    )
    change = related.unrelate if is_removed else related.relate
    return change(services, number, other_number, command.user_id, utcnow())


def make_private(services: Services, command: SlashCommand) -> CommandResponse:
    """`/incident private customer data is involved`: move to a private channel; messages elsewhere are deleted.
    Alone, it opens a form."""
    number = incident_number_here(services, command)
    if not command.argument:
        return incident_form(services, number, command.user_id, privacy.form)
    return privacy.make_private(services, number, command.argument, command.user_id, utcnow())


def _form_if_incomplete(
    services: Services, command: SlashCommand, number: int, form: LifecycleForm
) -> Block | None:
    return lifecycle.form_view_if_incomplete(services, form, number, command.user_id, command.argument)


def _role(services: Services, typed_role: str) -> str:
    return parse.role(typed_role, list(services.floor.roles))
