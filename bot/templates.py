"""Messages written in Jinja, in a sandbox: plain data in, words out, whatever was typed escaped."""

from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.errors import WatchfloorError

LONGEST_OUTPUT = 400_000


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
            autoescape=False,
        )

    def render(self, name: str, facts: dict[str, Any]) -> str:
        """The words of template `name` (such as `stakeholder_update/en.j2`); `TemplateBroken` when it cannot be."""
        try:
            words = self._jinja.get_template(name).render(facts).strip()
        except TemplateNotFound:
            raise TemplateBroken(name=name, reason="the file is missing") from None
        except (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError) as broken:
            raise TemplateBroken(name=name, reason=str(broken)) from broken
        return words[:LONGEST_OUTPUT]
