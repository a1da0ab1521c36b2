"""Facts about Slack that have changed since the bot learned them: channels, people, members."""

from slack_sandbox import channels
from slack_sandbox.model import Channel
from tests.floor import TestFloor
from tests.stories.record import rows
from tests.stories.test_log import declares_in_private


def channel_named(floor: TestFloor, name: str) -> Channel:
    """The channel with that name."""
    return next(channel for channel in floor.sandbox.workspace.channels.values() if channel.name == name)


def is_made_anew(floor: TestFloor, name: str) -> Channel:
    """Archive and rename a channel and create another with its name and the bot in it."""
    workspace, old_channel = floor.sandbox.workspace, channel_named(floor, name)
    erik, bot = workspace.users["U0ERIK"], workspace.bot
    channels.rename(workspace, old_channel, f"{name}-old", erik)
    channels.archive(workspace, old_channel, erik)
    new_channel = channels.create(workspace, name, erik)
    channels.join(workspace, new_channel, bot, erik)
    return new_channel


def test_a_recreated_channel_is_used_from_then_on(floor: TestFloor) -> None:
    channel = floor.declares()
    is_made_anew(floor, "executives")
    is_made_anew(floor, "incidents")
    floor.settle()

    floor.says("ana", "/incident update Half of the lines are back", channel)
    floor.passes_until(lambda: "Half of the lines" in floor.visible_text("executives", "erik"), minutes=1)

    assert "IVR down" in floor.visible_text("incidents", "erik")


def test_a_channel_recreated_while_the_bot_was_off_is_found_at_startup(floor: TestFloor) -> None:
    floor.declares()
    floor.stop_bot()
    new_channel = is_made_anew(floor, "executives")

    floor.start_bot()

    [known_row] = [row for row in rows(floor, "known_channels") if row["name"] == "executives"]
    assert known_row["id"] == new_channel.id
    assert len(floor.sandbox.calls_of("users.conversations")) == 2, "each start asks once for all channels"


def test_a_channel_that_gets_another_id_keeps_working(floor: TestFloor) -> None:
    name = floor.declares()
    workspace, channel = floor.sandbox.workspace, channel_named(floor, name)
    old_id, channel.id = channel.id, "C0SHARED"
    workspace.channels[channel.id] = workspace.channels.pop(old_id)
    for message in channel.messages.values():
        message.channel = channel.id
    event = {"type": "channel_id_changed", "old_channel_id": old_id, "new_channel_id": channel.id}
    workspace.announce(event | {"event_ts": workspace.clock.ts()})
    floor.settle()

    floor.says("ana", "/incident severity S2", name)

    assert "S2" in floor.card(name)


def test_a_commander_whose_account_is_closed_no_longer_leads(floor: TestFloor) -> None:
    channel = floor.declares(who="ben")
    floor.says("ben", "/incident claim commander", channel)
    floor.ana.joins(channel)

    floor.sandbox.workspace.deactivate(floor.sandbox.workspace.users["U0BEN"])
    floor.settle()

    assert "The account of Ben Okafor, commander of this incident, was deactivated." in floor.visible_text(channel)
    assert "*Commander* –" in floor.card(channel)
    assert "The account of Ben Okafor is deactivated." in floor.says(
        "ana", "/incident assign commander <@U0BEN>", channel
    )


def test_a_floor_without_shifts_is_not_asked_to_name_a_fallback(floor: TestFloor) -> None:
    floor.declares(who="ben")

    floor.sandbox.workspace.deactivate(floor.ben.user)
    floor.settle()

    assert "shifts" not in floor.visible_text("incidents")


def test_messages_for_a_declarer_who_is_gone_go_to_somebody_else(floor: TestFloor) -> None:
    channel = floor.declares(who="ben")
    floor.ana.joins(channel)
    floor.says("ana", "/incident claim scribe", channel)
    floor.sandbox.workspace.deactivate(floor.sandbox.workspace.users["U0BEN"])
    floor.settle()

    channels.archive(
        floor.sandbox.workspace, channel_named(floor, channel), floor.sandbox.workspace.users["U0ERIK"]
    )
    floor.settle()

    assert any("was archived" in message.visible_text for message in floor.ana.direct_messages())


def test_a_declarer_who_is_gone_gets_no_post_mortem_that_could_never_arrive(floor: TestFloor) -> None:
    channel = floor.declares("S3 Headsets hum", who="ben")
    floor.ana.joins(channel)
    floor.says("ana", "/incident claim commander", channel)
    floor.sandbox.workspace.deactivate(floor.ben.user)
    floor.settle()

    floor.says("ana", "/incident resolve replaced", channel)
    floor.says("ana", "/incident close", channel)

    assert "Post-mortem draft" in floor.direct_text("ana")
    assert "could not get it" not in floor.direct_text("ana")
    assert not [call for call in floor.sandbox.calls_of("chat.postMessage") if call.args["channel"] == "U0BEN"]


def test_a_person_removed_from_a_private_channel_while_the_bot_was_off_no_longer_sees_it(floor: TestFloor) -> None:
    channel = declares_in_private(floor)
    floor.ana.invites(channel, "ben")
    public_channel = floor.declares("S3 Headsets hum")
    floor.ben.joins(public_channel)
    floor.settle()
    assert "Open incidents: 2" in floor.says("ben", "/incident list")
    floor.stop_bot()
    workspace = floor.sandbox.workspace
    for left_channel in (channel, public_channel):
        channels.leave(
            workspace, channel_named(floor, left_channel), workspace.users["U0BEN"], workspace.users["U0ANA"]
        )
    floor.devi.joins(public_channel)
    floor.passes(minutes=20)
    floor.sandbox.retry_delays_s = ()

    floor.start_bot()

    assert "Open incidents: 1" in floor.says("ben", "/incident list")
    floor.says("ana", "/incident private it names people", public_channel)
    assert "Nothing is open" in floor.says("ben", "/incident list")
    [private] = [one.name for one in floor.devi.channels() if one.is_private and one.name.startswith("inc-2-")]
    members = channel_named(floor, private).members
    assert (floor.ana.id in members, floor.devi.id in members, floor.ben.id in members) == (True, True, False)
    floor.says("devi", "/incident list")
    assert "Headsets hum" in floor.ephemeral("devi")[-1]


def test_a_person_removed_from_a_private_channel_while_the_bot_was_out_of_it_no_longer_sees_it(
    floor: TestFloor,
) -> None:
    channel = declares_in_private(floor)
    floor.ana.invites(channel, "ben")
    floor.settle()
    floor.ana.kicks(channel, "watchfloor")
    floor.ana.kicks(channel, "ben")
    floor.passes(minutes=2)

    floor.ana.invites(channel, "watchfloor")
    floor.settle()

    assert "Nothing is open" in floor.says("ben", "/incident list")


def test_a_colleague_of_the_same_organization_is_no_stranger(floor: TestFloor) -> None:
    floor.stop_bot()
    workspace = floor.sandbox.workspace
    workspace.enterprise_id = "E0ORG"
    hana, olga = workspace.users["U0HANA"], workspace.users["U0OLGA"]
    hana.team_id, hana.enterprise_id = "T0OTHER", "E0ORG"
    floor.start_bot()

    assert floor.declares(who="hana")
    assert olga.team_id == "T0PARTNER"
    assert "Guests and people of other companies" in floor.says("olga", "/incident declare S1 x", "operations")


def test_the_members_of_the_floors_groups_are_known_even_if_the_list_of_people_does_not_reach_them(
    floor: TestFloor,
) -> None:
    workspace = floor.sandbox.workspace
    floor.stop_bot()
    (hired,) = workspace.hire(1)
    floor.sandbox.fault("users.list", "error", error="limit_required")
    (analysts,) = [group for group in workspace.groups.values() if group.handle == "incident-analysts"]
    analysts.users.append(hired.id)

    floor.start_bot()
    floor.settle()

    assert hired.id in {row["id"] for row in rows(floor, "people")}
