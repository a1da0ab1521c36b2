"""The bridge: its link is shown where people look, and a private one stays in its channel."""

import html
from pathlib import Path

from tests.floor import TestFloor
from tests.stories.record import rows

BRIDGE = "https://meet.example.com/j/7?pwd=x&y=1"
WITH_DEFAULTS = (
    Path("floor.yaml")
    .read_text()
    .replace("bridges: {}", 'bridges: {default: "https://meet.example.com/all", telephony: "+44 20 7946 0000,,7#"}')
)


def topic(floor: TestFloor, channel: str) -> str:
    return html.unescape(floor.sandbox.workspace.channel(channel).topic["value"])


def test_a_bridge_is_shown_on_the_card_in_the_topic_and_in_messages_to_people(floor: TestFloor) -> None:
    channel = floor.declares("S2 IVR down")
    assert "No bridge yet" in floor.says("ana", "/incident bridge", channel)
    for unsafe in ("javascript:alert(1)", "https://ana:secret@meet.example.com", "the usual"):
        assert "People cannot join that" in floor.says("ana", f"/incident bridge {unsafe}", channel)

    assert "Bridge saved" in floor.says("ana", f"/incident bridge {BRIDGE}", channel)

    assert "Join the bridge" in floor.card(channel)
    assert topic(floor, channel).endswith(f" · {BRIDGE}")
    floor.says("ana", "/incident assign scribe <@U0BEN|ben>", channel)
    assert "Join the bridge" in floor.direct_text("ben")
    floor.says("ana", "/incident page <@U0DEVI|devi> please come", channel)
    assert "Join the bridge" in floor.direct_text("devi")
    assert "meet.example.com" not in str([row["facts"] for row in rows(floor, "timeline_entries")]), (
        "anyone who reads it could join"
    )

    floor.says("ana", "/incident bridge none", channel)
    assert "Join the bridge" not in floor.card(channel)
    assert "meet.example.com" not in topic(floor, channel)


def test_the_floors_own_bridge_is_there_from_the_start_but_never_for_a_private_incident(tmp_path: Path) -> None:
    (tmp_path / "floor.yaml").write_text(WITH_DEFAULTS)
    with TestFloor(tmp_path, floor_file=tmp_path / "floor.yaml") as floor:
        phone = floor.declares("S2 IVR down")
        assert "Bridge +44 20 7946 0000,,7#" in floor.card(phone)
        link = floor.declares("S2 CRM down")
        assert "Join the bridge" in floor.card(link)

        floor.ana.types("/incident declare", channel="general")
        floor.ana.fills("title", "Somebody stole data")
        floor.ana.fills("private", "private")
        floor.ana.submits()
        floor.settle()
        secret = next(c.name for c in floor.ana.channels() if c.name.startswith("inc-3"))
        assert "bridge" not in floor.card(secret).lower()
        floor.says("ana", f"/incident bridge {BRIDGE}", secret)
        assert "Join the bridge" in floor.card(secret)
        floor.says("ana", "/incident assign scribe <@U0BEN|ben>", secret)
        assert "Join the bridge" not in floor.direct_text("ben")
        assert rows(floor, "incidents")[-1]["bridge"] == BRIDGE
        floor.nothing_was_malformed()
