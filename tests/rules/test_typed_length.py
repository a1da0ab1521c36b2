"""Reading typed text takes time in proportion to its length, whatever it looks like."""

import ast
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.errors import WatchfloorError
from bot.escalation.listeners import parse_recipient
from bot.followups.rules import parse_follow_up
from bot.incidents import parse, recognition, redaction, rules
from bot.runtime.clock import utcnow
from bot.runtime.logs import redact as redact_log_line
from bot.slack.text import mentioned_user_ids, one_line, to_plain_text
from bot.subscriptions.rules import read_scope
from bot.timeline.rules import read_note
from bot.updates.views import paragraphs

# Slack takes at most 40,000 characters. A quadratic pattern takes from seconds to minutes for these; a linear one
# some milliseconds.
LONG, LONGEST, PATIENCE_S = 20_000, 40_000, 1.0
UNITS = (
    *(" ", "\n", "a", "A1 ", "1", "1,", "<", "<@U1|", "<!subteam^S1|", "<a|", "&", "*", "-", "_ ", "@a", "{", ". "),
    *(
        " at ",
        " by ",
        " 1:11-",
        "in a ",
        "x by 2030",
        "hope ",
        "should 1",
        ", ",
        "a, ",
        "our team ",
        "w://a:",
        "1:",
        "'s ",
        "\\",
    ),
)
INPUTS = [unit * (LONGEST // len(unit)) + "\x00x" for unit in UNITS]


def patterns() -> Iterator[tuple[str, int, str]]:
    """Yield every literal pattern in the bot, with its flags and its use."""
    for file in Path("bot").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args:
                pattern, flags = node.args[0], re.IGNORECASE if "IGNORECASE" in ast.unparse(node) else re.NOFLAG
                if isinstance(pattern, ast.Constant):
                    yield str(pattern.value), flags, ast.unparse(node.func)


def seconds(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def test_every_pattern_takes_time_in_proportion_to_its_text() -> None:
    texts = [text[:LONG] + text[-2:] for text in INPUTS]
    for pattern, flags, use in sorted(set(patterns())):
        compiled = re.compile(pattern, flags)
        # Only from the beginning of the text, or from every position in it.
        is_anchored = use in ("re.fullmatch", "re.match")
        read = compiled.fullmatch if is_anchored else compiled.findall
        for text in texts:
            assert seconds(lambda: read(text)) < PATIENCE_S, (pattern, text[:10])  # noqa: B023 - called at once


PHRASES = {"we": "our team", "partner": "a partner", "another_partner": "another", "partners": "several"}
READERS: dict[str, Callable[[str], object]] = {
    "update": lambda text: redaction.redact(text, ["Ana Cruz", "Ben"], "our team", ["Manila"]),
    "partners": lambda text: redaction.replace_partner_names(text, ["Northline", "A1"], PHRASES),
    "grammar": lambda text: redaction.fix_grammar(text, PHRASES | {"al {partner}": "a {partner}"}),
    "mentions": mentioned_user_ids,
    "plain text": lambda text: to_plain_text(text, lambda user_id: None),
    "paragraphs": paragraphs,
    "title": lambda text: one_line(rules.clean_title(text), 200),
    "words": recognition.significant_words,
    "type": lambda text: recognition.recognise_type(text, {"ivr": ["ivr", "phone menu"]}),
    "declaration": recognition.read_declaration,
    "past": lambda text: recognition.read_past(text, "UTC", utcnow()),
    "severity": rules.read_severity,
    "status": rules.read_status,
    "role": lambda text: parse.role_and_person(text, ["commander"], "assign"),
    "page": lambda text: parse_recipient(text, ["commander"]),
    "note": lambda text: read_note(text, "UTC", utcnow()),
    "follow-up": lambda text: parse_follow_up(text, utcnow().date()),
    "subscription": lambda text: read_scope(text, {"ivr": "Phone menu"}, ["Manila"]),
    "log": redact_log_line,
}


@pytest.mark.parametrize("reader", READERS)
def test_forty_thousand_characters_are_read_in_a_moment(reader: str) -> None:
    def read(text: str) -> None:
        with suppress(WatchfloorError):  # a refusal is an answer, too
            READERS[reader](text)

    for text in INPUTS:
        assert seconds(lambda: read(text)) < 2 * PATIENCE_S, text[:10]  # noqa: B023 - called at once
