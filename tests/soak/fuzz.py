"""`make soak` begins with this: random commands, forms and files are answered or refused in a sentence."""

import argparse
import json
import logging
import sys
import tempfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.bootstrap import build_registry
from bot.config import floor as floors
from bot.config.yaml_file import FileRefused
from bot.incidents.responses import UNEXPECTED_ERROR, UNEXPECTED_LATE
from bot.playbooks import library
from bot.runtime.templates import TemplateBroken, Templates
from tests.floor import TestFloor
from tests.tap import FORM, JSON, post, signed

PEOPLE = ("U0ANA", "U0BEN", "U0NOBODY", "U0GUS", "")
WORDS = (
    "S0",
    "s1",
    "commander",
    "@ana",
    "<@U0ANA|ana>",
    "<!channel>",
    "all",
    "20 min",
    "every",
    "add",
    "remove",
    "tell",
)
TEXT = st.text(max_size=200) | st.lists(st.sampled_from(WORDS) | st.text(max_size=20), max_size=8).map(" ".join)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
TEMPLATE_PARTS = (
    "{{ x }}",
    "{% for a in x %}",
    "{% endfor %}",
    "{% if x %}",
    "{% endif %}",
    "{{ x | join }}",
    "{{",
    "%}",
    "{% set y = x ~ x %}",
)


class LoggedErrors(logging.Handler):
    """Keeps every line that is an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def _ids_of_forms_and_buttons() -> list[str]:
    """Every name that a form or a button of the bot may have."""
    found: set[str] = set()
    for file in sorted(Path("bot").glob("*/ids.py")):
        module = import_module(f"bot.{file.parent.name}.ids")
        written = [value for name, value in vars(module).items() if not name.startswith("__")]
        found |= {value for value in written if isinstance(value, str) and "." in value}
    return sorted(found)


class Fuzz:
    """A workspace and a bot in HTTP mode, to which everything is sent that may be signed."""

    def __init__(self, floor: TestFloor, errors: LoggedErrors, examples: int) -> None:
        self._floor, self._errors = floor, errors
        self._channel = floor.sandbox.workspace.channel(floor.declares("S1 IVR down")).id
        self._settings = settings(
            max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        self._subcommands = sorted(build_registry().commands)
        self._number = 0

    def commands(self) -> None:
        """Whatever is typed behind `/incident`."""

        @self._settings
        @given(st.sampled_from(self._subcommands) | st.text(max_size=12), TEXT, st.sampled_from(PEOPLE))
        def typed(word: str, rest: str, user_id: str) -> None:
            fields = {
                "command": "/incident",
                "text": f"{word} {rest}",
                "user_id": user_id,
                "channel_id": self._channel,
            }
            answer = self._send(urlencode(fields | {"trigger_id": self._trigger()}, errors="replace"), FORM)
            assert UNEXPECTED_ERROR not in answer, fields
            assert UNEXPECTED_LATE not in answer, fields

        typed()

    def forms(self) -> None:
        """Whatever a form or a button may send back, in Slack's shape and out of it."""
        element = st.fixed_dictionaries(
            {},
            optional={
                "value": TEXT,
                "selected_user": TEXT,
                "selected_option": st.fixed_dictionaries({"value": TEXT}),
                "selected_date_time": st.integers(0, 10**10),
                "x": JSON_VALUES,
            },
        )
        values = st.dictionaries(
            st.sampled_from(("title", "reason", "words", "severity", "at", "owner")),
            st.dictionaries(st.text(max_size=5), element, max_size=2),
            max_size=4,
        )

        @self._settings
        @given(
            st.sampled_from(_ids_of_forms_and_buttons()), TEXT | st.just("1"), values, st.booleans(), JSON_VALUES
        )
        def submitted(name: str, metadata: str, fields: Any, is_click: bool, odd: Any) -> None:
            body: dict[str, Any] = {
                "user": {"id": "U0ANA"},
                "trigger_id": self._trigger(),
                "channel": {"id": self._channel},
            }
            if is_click:
                body |= {
                    "type": "block_actions",
                    "actions": [{"action_id": name, "block_id": "b", "value": metadata}],
                }
            else:
                view: dict[str, Any] = {"id": f"V{self._number}", "type": "modal", "callback_id": name}
                view |= {"private_metadata": metadata, "state": {"values": fields}}
                body |= {"type": "view_submission", "view": view}
            self._send(urlencode({"payload": json.dumps(body)}, errors="replace"), FORM)
            self._send(json.dumps({"type": "event_callback", "event": odd}), JSON)

        submitted()

    def files(self, folder: Path) -> None:
        """Whatever stands in `floor.yaml`, a playbook or a template."""
        shipped = yaml.safe_load(Path("floor.yaml").read_text(encoding="utf-8"))
        playbook = folder / "tried.yaml"

        @self._settings
        @given(
            st.sampled_from(sorted(shipped)),
            JSON_VALUES,
            st.text(max_size=200),
            st.lists(st.sampled_from(TEMPLATE_PARTS) | TEXT, max_size=6),
        )
        def written(key: str, value: Any, text: str, parts: list[str]) -> None:
            for content in (yaml.safe_dump(shipped | {key: value}), text):
                self._read_floor(folder / "floor.yaml", content)
                playbook.write_text(content, encoding="utf-8", errors="replace")
                library.load_library(folder)
            (folder / "tried.j2").write_text("".join(parts), encoding="utf-8", errors="replace")
            with suppress(TemplateBroken):
                Templates(folder).render("tried.j2", {"x": ["a", "b"]})

        written()

    @staticmethod
    def _read_floor(file: Path, content: str) -> None:
        file.write_text(content, encoding="utf-8", errors="replace")
        try:
            floors.read(file)
        except FileRefused as refused:
            assert refused.problems

    def _trigger(self) -> str:
        self._number += 1
        return f"{self._number}.1.fuzz"

    def _send(self, body: str, kind: str) -> str:
        status, answer, _ = post(self._floor.address, signed(self._floor.sandbox.signing_secret, body, kind=kind))
        assert status in (200, 400, 404), (status, body)
        self._floor.settle()
        assert self._errors.lines == [], (self._errors.lines, body)
        return answer.decode()


def main() -> int:
    """Try so many of each; what fails is made as small as can be, and raised."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=150, help="how many of each (%(default)s)")
    examples = parser.parse_args().examples
    errors = LoggedErrors()
    logging.getLogger("bot").addHandler(errors)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        tried = Path(folder) / "files"
        tried.mkdir()
        floor_file = Path(folder) / "floor.yaml"
        unlimited = yaml.safe_load(Path("floor.yaml").read_text(encoding="utf-8"))
        unlimited["limits"] = dict.fromkeys(unlimited["limits"], 1_000_000)
        floor_file.write_text(yaml.safe_dump(unlimited, allow_unicode=True), encoding="utf-8")
        with TestFloor(Path(folder), over_http=True, floor_file=floor_file) as floor:
            fuzz = Fuzz(floor, errors, examples)
            fuzz.files(tried)
            fuzz.commands()
            fuzz.forms()
    print(f"fuzz: {examples} commands, forms and files, each answered or refused with a sentence", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
