"""Check of every audience's templates, in each of its languages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.commands.doctor.findings import Finding, missing, ok
from bot.config.floor import Floor
from bot.partners.wording import VARIABLES
from bot.runtime.templates import TemplateBroken, Templates
from bot.updates import variables

REMEDY = "docs/templates.md explains templates; until it is mended these updates go out in plain words."
# Each makes a template take different branches.
EXAMPLE_SITUATIONS: tuple[dict[str, Any], ...] = (
    {},
    {
        "status": "mitigated",
        "impact": "Calls are dropped",
        "figures": "About 200 contacts lost.",
        "callers_hear": "We know about the problem.",
        "queue_figures": "Service level 41 %.",
        "cause": "a trunk",
        "certainty": "suspected",
        "actions": "Calls go elsewhere",
        "needs": "A second carrier",
        "news": "Calls are back",
        "missed": 2,
        "lead": "Ana",
    },
    {
        "new_fields": ["impact", "cause"],
        "changes": [{}],
        "done": [{"steps": ["Call the carrier"], "who": "Ana"}],
        "more_done": 1,
        "said": [{"who": "Ana", "text": "something", "label": "decision"}],
        "taken": [{"step": "Call the carrier", "who": "Ana"}],
        "next_update": "10:00",
        "next_when": "clock",
        "bridge": "meet.example.com",
    },
    {"part": variables.BODY, "unchanged_since": "09:30", "last_update": "09:00"},
    {"is_short": True, "unchanged_since": "09:30", "last_update": "09:00"},
    {"is_edited": True, "news": "Calls are back", "last_update": "09:00"},
    {"status": "resolved", "is_over": True, "resolution": "Trunk replaced", "follow_ups": ["A second trunk"]},
    {"status": "declined", "is_over": True, "news": "a probe"},
    {"status": "merged", "is_over": True, "news": "#2 IVR"},
    {"status": "resolved", "is_over": True, "unchanged_since": "09:30", "last_update": "09:00"},
)
PARTNER_NOTICE = "partner_notice"
EXAMPLE_NOTICES: tuple[dict[str, Any], ...] = (
    dict.fromkeys(VARIABLES, "something") | {"is_over": False},
    dict.fromkeys(VARIABLES, "") | {"is_over": True},
)
CHANGE_FIELDS = ("kind", "who", "user", "role", "old", "new", "reason")
CHANGE_KINDS = ("severity", "status", "resolved", "reopened", "closed", "role")


def check(floor: Floor, folder: Path) -> Iterator[Finding]:
    """Yield every template that is missing or broken, with the reason."""
    templates = Templates(folder)
    names = [
        variables.template_of(audience.template or name, language)
        for name, audience in floor.audiences.items()
        for language in audience.languages
    ]
    for template in dict.fromkeys(names):
        try:
            for situation in EXAMPLE_SITUATIONS:
                templates.render(template, variables.EXAMPLE | situation | _example_changes(situation))
        except TemplateBroken as broken:
            yield missing(broken.sentence.partition(" Mend")[0], REMEDY)
    yield ok(f"{len(set(names))} templates of updates were tried.")
    yield from _check_notices(floor, templates)


def _check_notices(floor: Floor, templates: Templates) -> Iterator[Finding]:
    """Check the partner notices in the language of each partner."""
    languages = sorted({partner.language for partner in floor.partners if partner.channel})
    for language in languages:
        try:
            for situation in EXAMPLE_NOTICES:
                templates.render(f"{PARTNER_NOTICE}/{language}.j2", situation)
        except TemplateBroken as broken:
            yield missing(broken.sentence.partition(" Mend")[0], REMEDY)
        try:
            templates.phrases(PARTNER_NOTICE, language)
        except TemplateBroken as broken:
            yield missing(broken.sentence.partition(" Mend")[0], REMEDY)


def _example_changes(situation: dict[str, Any]) -> dict[str, Any]:
    if "changes" not in situation:
        return {}
    return {"changes": [dict.fromkeys(CHANGE_FIELDS, "something") | {"kind": kind} for kind in CHANGE_KINDS]}
