"""`make soak` begins with this: random commands, requests and files are answered or refused in a sentence."""

import argparse
import json
import logging
import secrets
import sys
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisDeprecationWarning

from bot.bootstrap import build_registry
from bot.config import floor as floors
from bot.config.yaml_file import FileRefused
from bot.incidents.wording import UNEXPECTED_ERROR, UNEXPECTED_LATE
from bot.playbooks import library
from bot.runtime.templates import TemplateBroken, Templates
from tests.floor import TestFloor
from tests.soak import odd_requests
from tests.soak.odd_requests import JSON_VALUES, TEXT, Body, changed
from tests.tap import FORM, JSON, post, signed

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
    """A log handler that keeps every line that is an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        detail = {name: getattr(record, name, None) for name in ("method", "error", "detail")}
        self.lines.append(f"{self.format(record)} {detail}")


class Fuzz:
    """A workspace and a bot in HTTP mode, to which any correctly signed request is sent."""

    def __init__(self, floor: TestFloor, errors: LoggedErrors, examples: int, dice: int) -> None:
        self._floor, self._errors = floor, errors
        self._channel = floor.sandbox.workspace.channel(floor.declares("S1 IVR down")).id
        self._seed = seed(dice)
        self._settings = settings(
            max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        self._number = 0

    def commands(self) -> None:
        """Send any text behind `/incident`."""

        @self._seed
        @self._settings
        @given(odd_requests.commands(self._channel, sorted(build_registry().commands)))
        def typed(fields: Body) -> None:
            answer = self._send(urlencode(fields | {"trigger_id": self._trigger()}, errors="replace"), FORM)
            assert UNEXPECTED_ERROR not in answer, fields
            assert UNEXPECTED_LATE not in answer, fields

        typed()

    def requests(self) -> None:
        """Send any click, form, shortcut or event, in Slack's shape and out of it."""

        @self._seed
        @self._settings
        @given(changed(odd_requests.interactions(self._channel)), changed(odd_requests.events(self._channel)))
        def sent(interaction: Body, event: Body) -> None:
            payload = json.dumps({"trigger_id": self._trigger()} | interaction)
            self._send(urlencode({"payload": payload}, errors="replace"), FORM)
            self._send(json.dumps(event), JSON)

        sent()

    def files(self, folder: Path) -> None:
        """Read any content of `floor.yaml`, a playbook or a template."""
        shipped = yaml.safe_load(Path("floor.yaml").read_text(encoding="utf-8"))
        playbook = folder / "tried.yaml"

        @self._seed
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
        self._floor.settle()
        # The errors of each example on its own: attempts to shrink a failing example must not be blamed for it.
        errors, self._errors.lines = self._errors.lines, []
        assert status in (200, 400, 404), (status, errors, body)
        assert errors == [], (errors, body)
        return answer.decode()


def main() -> int:
    """Try that many of each; a failing example is made as small as possible and raised."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=150, help="how many of each (%(default)s)")
    parser.add_argument("--seed", type=int, default=None, help="the dice; a new one when left out")
    arguments = parser.parse_args()
    examples, dice = arguments.examples, secrets.randbelow(100_000) if arguments.seed is None else arguments.seed
    print(f"fuzz: SEED={dice}", flush=True)
    # The bot's threads use random numbers of their own meanwhile.
    warnings.filterwarnings("ignore", "Do not use the `random` module", HypothesisDeprecationWarning)
    errors = LoggedErrors()
    logging.getLogger("bot").addHandler(errors)
    # Bolt suggests a listener for each name without one.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    logging.getLogger("slack_bolt").addHandler(errors)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        files_folder = Path(folder) / "files"
        files_folder.mkdir()
        floor_file = Path(folder) / "floor.yaml"
        unlimited = yaml.safe_load(Path("floor.yaml").read_text(encoding="utf-8"))
        unlimited["limits"] = dict.fromkeys(unlimited["limits"], 1_000_000)
        floor_file.write_text(yaml.safe_dump(unlimited, allow_unicode=True), encoding="utf-8")
        with TestFloor(Path(folder), over_http=True, floor_file=floor_file) as floor:
            fuzz = Fuzz(floor, errors, examples, dice)
            fuzz.files(files_folder)
            fuzz.commands()
            fuzz.requests()
    print(f"fuzz: {examples} commands, requests and files, each answered or refused with a sentence", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
