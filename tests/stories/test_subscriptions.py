"""Subscribers get their audience's update by direct message, once for each promise."""

from bot.incidents import ids
from bot.subscriptions import ids as subscription_ids
from tests.floor import TestFloor
from tests.stories.test_private import SECRET, private_incident


def copies(floor: TestFloor, who: str) -> list[str]:
    """The updates that a person got by direct message."""
    messages = floor.sandbox.person(who).direct_messages()
    return [
        message.visible_text for message in messages if "You subscribed to these updates" in message.visible_text
    ]


def test_subscribers_from_the_digest_get_their_audiences_text_along_with_the_channel(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.devi.clicks(ids.SUBSCRIBE, channel="incidents")
    floor.erik.clicks(ids.SUBSCRIBE, channel="incidents")
    floor.erik.clicks(ids.SUBSCRIBE, channel="incidents")
    floor.settle()
    assert "You get the updates of incident 1" in floor.ephemeral("devi", "incidents")[-1]
    # The two answers may arrive in either order.
    assert ["already" in text for text in floor.ephemeral("erik", "incidents")[-2:]].count(True) == 1

    floor.passes(minutes=30)

    [copy] = copies(floor, "devi")
    assert "*S1 · IVR down* – investigating" in copy
    assert "Next update <!date^" in copy
    assert copies(floor, "erik") == [], "executives hear of an S1 at once, then every hour"
    floor.passes(minutes=30)
    assert "*What we are doing:*" in copies(floor, "erik")[0]
    [copy] = copies(floor, "devi")
    assert "no change since <!date^" in copy, "no change is no message of its own"
    floor.devi.clicks(ids.UNSUBSCRIBE, channel="dm")
    floor.settle()
    floor.says("ana", "/incident update again", channel)
    floor.passes(minutes=1)
    assert len(copies(floor, "devi")) == 1
    assert len(copies(floor, "erik")) == 2
    floor.erik.clicks(ids.UNSUBSCRIBE, channel="incidents")
    floor.says("ana", "/incident update and again", channel)
    floor.passes(minutes=1)
    assert len(copies(floor, "erik")) == 2


def test_a_standing_subscription_covers_matching_incidents_and_can_be_ended_for_one_or_all(
    floor: TestFloor,
) -> None:
    assert "S1 and graver · Manila" in floor.says("ben", "/incident subscribe S1 manila")
    assert "already" in floor.says("ben", "/incident subscribe s1 Manila")
    assert "every incident" in floor.says("chloe", "/incident subscribe everything")
    assert "is not a severity, type or site" in floor.says("ben", "/incident subscribe Atlantis")
    assert "Say what you want to hear about" in floor.says("ben", "/incident subscribe")
    floor.says("ben", "/incident unsubscribe")
    assert "S1 and graver · Manila" in floor.ephemeral("ben")[-1], "without a scope, the list with its buttons"
    first = floor.declares("S0 IVR down in Manila")
    floor.says("ana", "/incident update Calls go to Cebu", first)
    [copy] = copies(floor, "ben")
    assert "Calls go to Cebu" in copy
    assert "Telephony or IVR" in copies(floor, "chloe")[0], "people on call read the engineers' text"

    second = floor.declares("S1 Chat is slow in Cebu")
    floor.says("ana", "/incident update Slow", second)
    floor.passes(minutes=1)
    assert len(copies(floor, "ben")) == 1
    assert len(copies(floor, "chloe")) == 2

    floor.ben.joins(first)
    floor.settle()
    assert "no more updates of incident 1" in floor.says("ben", "/incident unsubscribe", first)
    floor.says("ana", "/incident update Still", first)
    floor.passes(minutes=1)
    assert len(copies(floor, "ben")) == 1
    floor.says("ben", "/incident subscriptions")
    assert "S1 and graver · Manila" in floor.ephemeral("ben")[-1]
    floor.ben.clicks(subscription_ids.DROP, channel="general")
    floor.settle()
    assert "You have no subscriptions" in floor.ephemeral("ben")[-1]
    assert "had not subscribed" in floor.says("ben", "/incident unsubscribe S1 Manila")
    assert "Ended" in floor.says("chloe", "/incident unsubscribe everything")


def test_subscriptions_of_guests_and_to_private_incidents_respect_visibility(floor: TestFloor) -> None:
    floor.says("chloe", "/incident subscribe everything")
    assert "Guests may subscribe only" in floor.says("gus", "/incident subscribe S1")
    assert "Guests may subscribe only" in floor.says("gus", "/incident subscribe")
    assert "in an incident's channel" in floor.says("gus", "/incident subscriptions")
    for typed in ("/incident subscribe S1", "/incident subscribe", "/incident unsubscribe"):
        assert "other companies" in floor.says("olga", typed, "operations")
    public = floor.declares("S1 IVR down")
    floor.ana.invites(public, "gus")
    floor.settle()
    assert "You get the updates" in floor.says("gus", "/incident subscribe", public)
    floor.says("ana", "/incident update for all", public)
    assert len(copies(floor, "gus")) == 1
    floor.gus.leaves(public)
    floor.settle()
    floor.says("ana", "/incident update for members", public)
    floor.passes(minutes=1)
    assert len(copies(floor, "gus")) == 1, "a guest who left the channel reads no more"
    assert floor.says("gus", "/incident subscriptions", "random").startswith("You have no subscriptions.")

    private = private_incident(floor).replace("inc-1-", "inc-2-")
    assert "only people in its channel can see it" in floor.says("ana", "/incident subscribe", private)
    floor.says("ana", "/incident update secret", private)
    assert all(SECRET not in text and "secret" not in text for text in copies(floor, "chloe"))

    public = floor.declares("S2 chat is slow")
    floor.ben.joins(public)
    floor.says("ben", "/incident subscribe", public)
    assert "chat is slow" in floor.says("ben", "/incident subscriptions") + floor.ephemeral("ben")[-1]
    floor.ben.leaves(public)
    floor.says("ana", "/incident private personal data", public)
    assert floor.says("ben", "/incident subscriptions").startswith("You have no subscriptions.")


def test_a_person_whose_account_is_closed_gets_no_copies(floor: TestFloor) -> None:
    channel = floor.declares("S2 Chat is slow", who="ben")
    floor.chloe.joins(channel)
    floor.settle()
    floor.says("chloe", "/incident subscribe", channel)
    floor.sandbox.workspace.deactivate(floor.chloe.user)
    floor.settle()

    floor.says("ben", "/incident update we look at it", channel)
    floor.settle()

    told = [call.args["channel"] for call in floor.sandbox.calls_of("chat.postMessage")]
    assert "C0EXECUTIVES" in told, "the update itself was sent"
    assert "U0CHLOE" not in told


def test_subscribers_hear_that_an_incident_and_those_merged_into_it_are_private_now(floor: TestFloor) -> None:
    target = floor.declares("S1 IVR down in Manila", who="ana")
    channel = floor.declares("S1 Calls drop for Northline", who="ben")
    floor.says("erik", "/incident subscribe everything")
    for name, joined in (("chloe", channel), ("devi", target)):
        floor.sandbox.person(name).joins(joined)
        floor.says(name, "/incident subscribe", joined)
    floor.chloe.leaves(channel)
    floor.settle()
    floor.says("ben", "/incident merge 1", channel)
    floor.says("ana", "/incident update we look at it", target)

    floor.says("ana", "/incident private names of agents are in it", target)
    floor.passes(minutes=2)

    told = "You get no more updates of incident 1 by direct message: only people in its channel read of it now."
    assert floor.direct_texts("chloe").count(told) == 1
    assert floor.direct_texts("erik").count(told) == 1, "a copy of it was among the updates of everything"
    assert told not in floor.direct_texts("devi"), "she is in its channel"
