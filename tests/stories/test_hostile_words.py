"""Typed markup, mentions and templates stay plain text wherever they appear."""

from tests.floor import TestFloor
from tests.stories.record import post_mortems

EVERYWHERE = ("incidents", "executives")


def live(text: str) -> bool:
    """Whether Slack would notify people of it."""
    return any(sign in text for sign in ("<!channel", "<!here", "<!everyone", "<!subteam", "<@U0ERIK"))


def test_typed_text_notifies_nobody(floor: TestFloor) -> None:
    shout = "&lt;!channel&gt; <!channel> <!subteam^S0ANALYSTS|@x> <@U0ERIK|erik>"
    channel = floor.declares(f"S1 {shout} IVR down")
    for command in (
        f"severity S0 {shout}",
        f"status identified {shout}",
        f"impact {shout}",
        f"update {shout}",
        f"playbook start {shout}",
        f"resolve {shout}",
        f"close {shout}",
    ):
        floor.says("ana", f"/incident {command}", channel)
        for place in (channel, *EVERYWHERE):
            assert not live(floor.live_markup(place))
    assert not any(live(call.args["topic"]) for call in floor.sandbox.calls_of("conversations.setTopic"))
    assert not any(live(message.visible_text) for message in floor.ana.direct_messages())
    assert "<!" not in post_mortems(floor, "ana")[0]


def test_a_title_is_never_read_as_a_template(floor: TestFloor) -> None:
    title = "!!python/object:os.system [x {{ 7 * 7 }} {% for x in y %} ${jndi:ldap://x} {t}'; DROP TABLE x;--"
    channel = floor.declares(f"S1 {title}")
    floor.passes(minutes=30)
    floor.says("ana", "/incident resolve over", channel)
    floor.says("ana", "/incident close", channel)

    assert title in floor.card(channel)
    assert title in floor.visible_text("incidents")
    assert " 49 " not in floor.visible_text(channel)
    assert len(post_mortems(floor, "ana")) == 1


def test_text_of_any_length_fits_everywhere(floor: TestFloor) -> None:
    floor.says("ana", "/incident declare S1 IVR " + "<&>" * 900)
    channel = "inc-1-ivr"
    floor.says("ana", "/incident impact " + "&" * 2900, channel)
    floor.says("ana", "/incident status identified " + "<" * 2900, channel)
    floor.says("ana", "/incident update " + ">" * 2900, channel)
    floor.says("ana", "/incident", channel)
    floor.says("ana", "/incident list", channel)
    floor.ben.opens_home()
    floor.settle()
    floor.says("ana", "/incident resolve " + "&" * 2900, channel)
    floor.says("ana", "/incident close " + "&" * 2900, channel)

    assert "…" in floor.card(channel)
    assert len(post_mortems(floor, "ana")) == 1
