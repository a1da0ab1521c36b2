"""The picture of a timeline: the content of its lanes, and that it is drawn whatever people wrote."""

import json
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
import pytest

from bot.errors import TryLater
from bot.timeline import lanes, milestones, pictures
from bot.timeline.renderer import Renderer

T0 = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
NAMES = {"U1": "Ana Reyes", "U2": "Ben", "U3": "山田 \u202eمحمد $x_1^2$ <!channel> \x00 😀" + "x" * 40_000}


@dataclass
class Entry:
    kind: str
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    number: int = 1
    actor_id: str | None = None


def story(*told: tuple[str, int, dict[str, Any]]) -> list[Entry]:
    return [Entry(kind, T0 + timedelta(minutes=minute), facts) for kind, minute, facts in told]


FULL_STORY = story(
    ("declared", 0, {"severity": "S2"}),
    ("role_taken", 5, {"user": "U1", "role": "Commander"}),
    ("severity", 10, {"old": "S2", "new": "S1"}),
    ("update_sent", 15, {"audience": "Operations"}),
    ("role_given", 16, {"user": "U2", "role": "Responder"}),
    ("role_given", 17, {"user": "U3", "role": "Responder"}),
    ("status", 20, {"new": "mitigated"}),
    ("role_handed_over", 30, {"user": "U2", "role": "Commander"}),
    ("updates_missed", 40, {"audience": "Operations", "missed": 2}),
    ("role_left", 45, {"user": "U2", "role": "Responder"}),
    ("resolved", 50, {}),
    ("closed", 60, {}),
)


def picture_of(language: str = "en", title: str = "IVR down") -> lanes.Picture:
    known = milestones.milestones_from(FULL_STORY)
    return lanes.build_picture(title, FULL_STORY, known, lambda user: NAMES[user], T0 + timedelta(days=9), language)


def spans(of: Any) -> list[tuple[str, float, float, int]]:
    def minute(at: datetime) -> float:
        return (at - T0).total_seconds() / 60

    return [(span.label[:20], minute(span.start), minute(span.end), span.row) for span in of]


def test_each_lane_shows_the_beginnings_and_ends_of_its_spans() -> None:
    picture = picture_of()

    assert spans(picture.severities) == [("S2", 0, 10, 0), ("S1", 10, 60, 0)]
    assert [label for label, *_ in spans(picture.statuses)] == ["investigating", "mitigated", "resolved", "closed"]
    people = spans(picture.people)
    assert ("Commander: Ana Reyes", 5, 30, 0) in people
    assert ("Commander: Ben", 30, 60, 0) in people
    assert ("Responder: Ben", 16, 45, 1) in people
    assert {row for *_, row in people} == {0, 1, 2}
    assert [(update.label, update.note) for update in picture.updates] == [("Operations", ""), ("Operations", "2")]
    assert [moment.label for moment in picture.milestones][:3] == ["Declared", "Acknowledged", "First update"]
    assert picture.end == T0 + timedelta(minutes=60)


def test_an_open_incident_extends_to_now_and_an_empty_one_can_be_drawn() -> None:
    now = T0 + timedelta(hours=3)

    assert lanes.build_picture("x", FULL_STORY[:3], {}, str, now).end == now
    assert lanes.build_picture("x", [], {}, str, now).start == now


def test_an_update_that_goes_out_after_the_end_does_not_reopen_the_picture() -> None:
    last_update = story(("update_sent", 61, {"audience": "Operations"}))
    picture = lanes.build_picture("x", [*FULL_STORY, *last_update], {}, str, T0 + timedelta(days=14))

    assert spans(picture.statuses)[-1] == ("closed", 60, 61, 0)
    reopened = story(("status", 62, {"old": "closed", "new": "investigating"}))
    now = T0 + timedelta(hours=2)
    assert lanes.build_picture("x", [*FULL_STORY, *last_update, *reopened], {}, str, now).end == now


def test_command_that_was_handed_over_with_a_summary_has_another_holder() -> None:
    told = story(("declared", 0, {}), ("role_taken", 5, {"user": "U1", "role": "commander"}), ("closed", 60, {}))
    handover = Entry("handover_accepted", T0 + timedelta(minutes=30), {"user": "U1", "role": "commander"}, 9, "U2")

    people = lanes.build_picture("x", [*told[:2], handover, told[2]], {}, str, T0).people

    assert spans(people) == [("commander: U1", 5, 30, 0), ("commander: U2", 30, 60, 0)]


def test_only_the_floors_responder_is_a_role_for_several_people() -> None:
    spoken_for = [("role_given", 5, {"user": "Ana", "role": "responsable de comunicación"})]
    spoken_for += [("role_handed_over", 15, {"user": "Ben", "role": "responsable de comunicación"})]
    at_work = [
        ("role_given", minute, {"user": who, "role": "técnica"}) for minute, who in ((20, "Eva"), (25, "Fay"))
    ]
    told = story(*spoken_for, *at_work, ("closed", 60, {}))

    people = lanes.build_picture("x", told, {}, str, T0, shared_role="Técnica").people

    assert [(start, end, row) for _, start, end, row in spans(people)] == [
        (5, 15, 0),
        (15, 60, 0),
        (20, 60, 1),
        (25, 60, 2),
    ]


def test_the_picture_is_in_the_floors_language() -> None:
    assert picture_of("es").statuses[0].label == "en investigación"
    assert picture_of("es").milestones[0].label == "Se declaró"


def test_the_pictures_times_are_in_the_floors_zone_beside_utc() -> None:
    at_home = lanes.build_picture("x", FULL_STORY, {}, str, T0, zone="Asia/Manila").as_json()

    assert picture_of().as_json()["period"] == ["2026-10-24 23:00 – 2026-10-25 00:00 UTC"]
    assert at_home["period"] == [
        "2026-10-25 07:00 – 08:00 Asia/Manila",
        "2026-10-24 23:00 – 2026-10-25 00:00 UTC",
    ]
    assert at_home["updates"][0]["at"].isoformat() == "2026-10-25T07:15:00+08:00"
    assert pictures.render_picture(lanes.build_picture("x", FULL_STORY, {}, str, T0, zone="Asia/Manila"))


def test_any_text_becomes_a_png_for_a_phone_and_the_bot_does_not_load_the_drawing_library() -> None:
    drawn = pictures.render_picture(
        picture_of(title="$\\frac{1}{0}$ <!channel> \u202e مركز الاتصال 日本 \x00" + "y" * 40_000)
    )

    assert drawn.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", drawn[16:24])
    assert width >= 1080
    assert height > width
    assert "matplotlib" not in sys.modules


EMPTY = json.dumps(
    lanes.build_picture("x", [], {}, str, T0).as_json() | {"words": dict.fromkeys((*pictures.LANES, "more"), "")},
    default=str,
).encode()
PATIENCE_S = 20
SERVE = "from bot.timeline.render_process import *; serve(socket.socket(fileno=0), idle_s={idle_s})"


@pytest.fixture
def renderer() -> Iterator[Renderer]:
    renderer = Renderer()
    yield renderer
    renderer.close()


def process_of(renderer: Renderer) -> psutil.Process:
    assert renderer.process_id is not None
    return psutil.Process(renderer.process_id)


def test_one_process_draws_many_pictures_and_survives_one_that_cannot_be_drawn(renderer: Renderer) -> None:
    renderer.render(EMPTY)
    first = renderer.process_id
    with pytest.raises(TryLater, match="could not be drawn"):
        renderer.render(b"no facts")

    assert renderer.render(EMPTY).startswith(b"\x89PNG")
    assert renderer.process_id == first


def test_a_process_that_was_killed_is_started_again(renderer: Renderer) -> None:
    renderer.render(EMPTY)
    process = process_of(renderer)
    process.kill()
    process.wait()

    assert renderer.render(EMPTY).startswith(b"\x89PNG")


def test_a_process_that_hangs_is_killed() -> None:
    renderer = Renderer((sys.executable, "-c", "import signal; signal.pause()"), timeout_s=0.2)

    with pytest.raises(TryLater, match="not drawn within"):
        renderer.render(EMPTY)

    assert renderer.process_id is None


def test_an_idle_process_ends_and_frees_its_memory() -> None:
    renderer = Renderer((sys.executable, "-c", SERVE.format(idle_s=0)))
    renderer.render(EMPTY)

    process_of(renderer).wait(PATIENCE_S)

    assert renderer.render(EMPTY).startswith(b"\x89PNG")
    renderer.close()
