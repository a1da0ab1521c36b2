"""Messages written in Jinja, in a sandbox: plain data in, text out, everything that people typed escaped."""

import hashlib
import traceback
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from jinja2 import (
    ChainableUndefined,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    meta,
    nodes,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.config.yaml_file import SAFE_LOADER
from bot.errors import WatchfloorError
from bot.runtime.template_limits import (
    FILTERS,
    MAX_OUTPUT_CHARS,
    MAX_SECONDS,
    AddLimits,
    check_time,
    limited,
    time_limit,
)

Result = TypeVar("Result")

HTML = ".html.j2"
FALLBACK_LANGUAGE = "en"
# The hash of a template that there is not.
MISSING = "missing"
MAX_ITERATIONS = 10_000
# They make long strings from short ones before anything is output, where no limit would notice.
PADDING_METHODS = frozenset(
    {"center", "expandtabs", "ljust", "rjust", "zfill", "format", "format_map", "translate", "join", "replace"}
)
PADDING_FILTERS = ("center", "format", "indent", "wordwrap", "xmlattr")
# Any error comes from the template itself: none of the bot's own code runs inside it.
TEMPLATE_ERRORS = (
    TemplateError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
)


class TemplateBroken(WatchfloorError):
    """The template {name} cannot be used: {reason}. Mend the file; the plain wording is used until then."""


class ExpressionBroken(WatchfloorError):
    """The expression `{text}` cannot be used: {reason}. Correct it in floor.yaml."""


class SandboxedTemplates(ImmutableSandboxedEnvironment):
    """Jinja that can use only what it is given, produces nothing huge, and always ends."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def _generate(self, source: nodes.Template, *names: Any, **options: Any) -> str:
        """Jinja's hook before a template becomes code: adds limits to whatever could run forever."""
        return super()._generate(AddLimits().visit(source), *names, **options)

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Check the time at each call, because macros can call each other."""
        check_time()
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Allow only numbers, except for `+`: `"x" * 1000000000` would fill the memory before any length check."""
        if operator == "+":
            return limited(left + right)
        if not all(isinstance(operand, int | float) for operand in (left, right)):
            raise SecurityError(f"`{operator}` is for numbers only")
        if operator == "**":
            raise SecurityError("`**` cannot be used")
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """As in Jinja's sandbox, but without methods that pad strings to any length."""
        return super().is_safe_attribute(obj, attr, value) and attr not in PADDING_METHODS


def _limited_range() -> Callable[..., range]:
    """`range` that counts to ten thousand in all, so that loops within loops end."""
    remaining = MAX_ITERATIONS

    def limited_range(*bounds: int) -> range:
        nonlocal remaining
        requested_range = range(*bounds)
        remaining -= len(requested_range)
        if remaining < 0:
            raise SecurityError(f"it goes round more than {MAX_ITERATIONS} times")
        return requested_range

    return limited_range


@lru_cache(maxsize=16)
def _environment(folder: Path) -> SandboxedTemplates:
    """One environment per folder: it caches what it compiled, and compiles a file again when it has changed."""
    environment = SandboxedTemplates(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        # Mrkdwn and Markdown are escaped by the code that provides the facts; in HTML, everything is escaped here.
        autoescape=lambda name: bool(name) and str(name).endswith(HTML),
    )
    return _with_limited_filters(environment)


def _with_limited_filters(environment: SandboxedTemplates) -> SandboxedTemplates:
    for name in PADDING_FILTERS:
        del environment.filters[name]
    environment.filters |= FILTERS
    return environment


class Expression:
    """A Jinja expression from floor.yaml, in the same sandbox; missing facts are empty."""

    def __init__(self, text: str) -> None:
        """Raises `ExpressionBroken`."""
        self.text = text
        try:
            self._evaluate = _expressions().compile_expression(text)
        except TEMPLATE_ERRORS as broken:
            raise ExpressionBroken(text=text, reason=_describe_error(broken)) from broken

    def __call__(self, **facts: Any) -> Any:
        """The expression's value. Raises `ExpressionBroken`."""
        try:
            with time_limit():
                return self._evaluate(**facts, range=_limited_range())
        except TEMPLATE_ERRORS as broken:
            raise ExpressionBroken(text=self.text, reason=_describe_error(broken)) from broken


@lru_cache(maxsize=16)
def _parse_phrases(text: str) -> dict[str, str] | None:
    """Parse phrases; None if there are none. Cached, because each file of a post-mortem asks for them again."""
    content = yaml.load(text, Loader=SAFE_LOADER)  # noqa: S506  # either loader is the safe one
    return {str(key): str(phrase) for key, phrase in content.items()} if isinstance(content, dict) else None


@lru_cache(maxsize=64)
def _variables_in(source: str) -> frozenset[str]:
    """The variables of a template. Cached, because every update asks for them."""
    return frozenset(meta.find_undeclared_variables(_expressions().parse(source)))


@lru_cache(maxsize=1)
def _expressions() -> SandboxedTemplates:
    return _with_limited_filters(SandboxedTemplates(undefined=ChainableUndefined))


class Templates:
    """The folder of messages: `<message>/<language>.j2`, or deeper."""

    def __init__(self, folder: Path, limit_s: float = MAX_SECONDS) -> None:
        self.folder = folder
        self._limit_s = limit_s
        self._jinja = _environment(folder)

    def phrases(self, message: str, language: str) -> dict[str, str]:
        """The phrases in `<message>/<language>.yaml`; missing ones are taken from the English file."""
        english = self._phrases_in(f"{message}/{FALLBACK_LANGUAGE}.yaml")
        return (
            english if language == FALLBACK_LANGUAGE else english | self._phrases_in(f"{message}/{language}.yaml")
        )

    def _phrases_in(self, name: str) -> dict[str, str]:
        try:
            phrases = _parse_phrases((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as broken:
            raise TemplateBroken(name=name, reason=str(broken)) from broken
        if phrases is None:
            raise TemplateBroken(name=name, reason="it should hold `key: words` lines")
        return dict(phrases)

    def render(
        self,
        name: str,
        facts: dict[str, Any],
        *,
        longest: int | None = MAX_OUTPUT_CHARS,
        at_most: int | None = None,
    ) -> str:
        """The text of template `name` (such as `post_mortem/en.j2`), cut at `longest` characters.

        Raises `TemplateBroken` if it is missing, cannot be read, uses facts it was not given, fails, or exceeds
        `at_most` characters.
        """

        def render_within_limits(template: Template) -> str:
            with time_limit(self._limit_s):
                return _render_at_most(template, facts, at_most)

        return self._use_template(name, render_within_limits).strip()[:longest]

    def variables(self, name: str) -> frozenset[str]:
        """The variables that a template uses. Raises `TemplateBroken`."""
        return self._use_template(name, lambda _: _variables_in((self.folder / name).read_text(encoding="utf-8")))

    def _use_template(self, name: str, use: Callable[[Template], Result]) -> Result:
        try:
            return use(self._jinja.get_template(name))
        except TemplateNotFound as absent:
            reason = "the file is missing" if absent.name == name else f"it needs {absent.name}, which is missing"
            raise TemplateBroken(name=name, reason=reason) from None
        except (OSError, UnicodeDecodeError) as unreadable:
            raise TemplateBroken(name=name, reason="the file cannot be read") from unreadable
        except TEMPLATE_ERRORS as broken:
            raise TemplateBroken(name=name, reason=_describe_error(broken, name)) from broken

    def content_hash(self, name: str) -> str:
        """A hash that tells one version of the file from another; the same whenever the file is missing."""
        try:
            return hashlib.sha256((self.folder / name).read_bytes()).hexdigest()[:16]
        except OSError:
            return MISSING


def _render_at_most(template: Template, facts: dict[str, Any], at_most: int | None) -> str:
    pieces, length = [], 0
    for piece in template.generate(facts | {"range": _limited_range()}):
        pieces.append(piece)
        length += len(piece)
        if at_most is not None and length > at_most:
            raise SecurityError(f"it says more than {at_most} characters")
    return "".join(pieces)


def _line_in(name: str, broken: Exception) -> int | None:
    """The line of the template that failed while it ran: Jinja gives its frames the template's own lines."""
    frames = traceback.extract_tb(broken.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename.endswith(f"/{name}")), None)


def _describe_error(broken: Exception, name: str = "") -> str:
    line_number = getattr(broken, "lineno", None) or (_line_in(name, broken) if name else None)
    message = " ".join((str(broken) or type(broken).__name__).split()).rstrip(".")
    return f"line {line_number}: {message}" if line_number else message
