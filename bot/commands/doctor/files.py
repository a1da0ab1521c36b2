"""Checks of `floor.yaml`, the playbooks and the templates."""

from collections.abc import Iterator
from pathlib import Path

from bot.commands.doctor import templates
from bot.commands.doctor.findings import Finding, missing, note, ok
from bot.config import floor
from bot.config.yaml_file import FileRefused
from bot.config.yaml_validation import did_you_mean
from bot.playbooks import library


def check(floor_file: Path, playbooks_dir: Path, templates_dir: Path) -> Iterator[Finding]:
    """Yield every problem with its file and line."""
    try:
        floor_settings = floor.read(floor_file, templates_dir)
    except FileRefused as refused:
        for problem in refused.problems:
            yield missing(str(problem), f"Mend the line in {floor_file}; the bot does not start before.")
        return
    yield ok(f"{floor_file} can be used.")
    as_written = floor.read(floor_file).audiences
    for name, audience in floor_settings.audiences.items():
        if audience.languages != as_written[name].languages:
            template = f"{floor.UPDATES}/{audience.template or name}/{floor_settings.language}.j2"
            remedy = "Write it, or set `language: en` for this audience."
            yield note(f"Updates for {audience.title} are in English, because {template} is missing.", remedy)
    for domain, partner in floor_settings.lockouts.domains.items():
        if partner not in floor_settings.partner_names:
            hint = did_you_mean(partner, floor_settings.partner_names) or " Add it to `partners`."
            yield note(f"`lockouts: domains` leads from {domain} to `{partner}`, which is no partner.{hint}")
    playbook_library = library.load_library(playbooks_dir, floor_settings)
    for problem in playbook_library.problems:
        yield missing(str(problem), "Mend the line; until then this playbook is left out.")
    yield from (note(str(each)) for each in playbook_library.notes)
    yield ok(f"{len(playbook_library.playbooks)} playbooks can be used.")
    yield from templates.check(floor_settings, templates_dir)
