"""Messages written in Jinja, in a sandbox: plain data in, words out, whatever was typed escaped."""

from pathlib import Path
from typing import Any

import yaml
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.errors import WatchfloorError

LONGEST_OUTPUT = 400_000
HTML = ".html.j2"
FALLBACK_LANGUAGE = "en"


class TemplateBroken(WatchfloorError):
    """The template {name} cannot be used: {reason}. Mend the file; the plain wording is used until then."""


class Templates:
    """The folder of messages: `<message>/<language>.j2`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._jinja = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            # Mrkdwn and Markdown are escaped by who gives the facts; in HTML everything is escaped here.
            autoescape=lambda name: bool(name) and str(name).endswith(HTML),
        )

    def phrases(self, message: str, language: str) -> dict[str, str]:
        """The phrases in `<message>/<language>.yaml`; one that is missing there is taken from the English file."""
        known = self._phrases_in(f"{message}/{FALLBACK_LANGUAGE}.yaml")
        return known if language == FALLBACK_LANGUAGE else known | self._phrases_in(f"{message}/{language}.yaml")

    def _phrases_in(self, name: str) -> dict[str, str]:
        try:
            given = yaml.safe_load((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as broken:
            raise TemplateBroken(name=name, reason=str(broken)) from broken
        if not isinstance(given, dict):
            raise TemplateBroken(name=name, reason="it should hold `key: words` lines")
        return {str(key): str(phrase) for key, phrase in given.items()}

    def render(self, name: str, facts: dict[str, Any], *, longest: int | None = LONGEST_OUTPUT) -> str:
        """The words of template `name` (such as `stakeholder_update/en.j2`), at most `longest` characters.

        `TemplateBroken` when it cannot be rendered.
        """
        try:
            words = self._jinja.get_template(name).render(facts).strip()
        except TemplateNotFound:
            raise TemplateBroken(name=name, reason="the file is missing") from None
        except (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError) as broken:
            raise TemplateBroken(name=name, reason=str(broken)) from broken
        return words[:longest]
