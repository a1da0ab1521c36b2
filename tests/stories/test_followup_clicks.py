"""Follow-ups under hard use: everything delivered twice, text that looks like markup, many of them."""

import threading

import sqlalchemy as sa

from bot.followups import ids
from bot.followups import screens as followup_screens
from bot.followups.tables import FollowUp
from bot.runtime.clock import utcnow
from tests.floor import TestFloor
from tests.stories.seen_followups import channel_messages, direct_messages, follow_ups, happened, is_shown, is_told


def test_a_request_delivered_twice_takes_effect_once(floor: TestFloor) -> None:
    channel = floor.declares()
    message = floor.ana.says("The alarm was muted", channel=channel)
    floor.sandbox.deliver_twice("slash_commands")
    floor.says("ana", "/incident followup @ben mend the trunk", channel)
    is_told(floor, "ben", "mend the trunk")
    floor.sandbox.deliver_twice("reaction_added")
    floor.ana.reacts("bookmark_tabs", channel, message.ts)
    is_told(floor, "ana", "The alarm was muted")
    floor.sandbox.deliver_twice("interactive")
    floor.ben.clicks(ids.LATER, channel="dm")
    floor.sandbox.deliver_twice("interactive")
    assert floor.ben.submits().closed
    floor.settle()
    floor.sandbox.deliver_twice("interactive")
    floor.ben.clicks(ids.NOT_MINE, channel="dm")
    is_told(floor, "ana", "Nobody has this follow-up")
    floor.sandbox.deliver_twice("interactive")
    floor.ana.clicks(ids.DONE, channel=channel)
    floor.settle()

    assert len(follow_ups(floor)) == len(channel_messages(floor, channel)) == 2
    assert (len(direct_messages(floor, "ben")), len(direct_messages(floor, "ana"))) == (1, 2)
    expected = ["added", "added", "moved", "declined", "done"]
    assert happened(floor) == [f"followup_{kind}" for kind in expected]


def test_markup_in_a_follow_up_stays_plain_text_wherever_it_is_shown(floor: TestFloor) -> None:
    shout = "&lt;!channel&gt; *x* `y` <!channel> <@U0ERIK|erik> {{ 7 * 7 }} " + "\u202eevil " * 90
    channel = floor.declares()
    floor.tick()
    floor.says("ana", f"/incident followup mend {shout}", channel)
    is_shown(floor, channel, "mend")
    is_told(floor, "ana", "mend")
    floor.says("ana", "/incident followups", channel)
    floor.ana.clicks(ids.LATER, channel="dm")
    floor.ana.fills("Why later?", shout[:200])
    assert floor.ana.submits().closed
    floor.passes(days=30)
    is_told(floor, "ana", "late")
    floor.says("erik", "/incident followups overdue", "incidents")

    for place in (channel, "incidents"):
        assert not any(sign in floor.live_markup(place) for sign in ("<!channel", "<@U0ERIK"))
    assert not any("<!channel" in words or "<@U0ERIK" in words for words in direct_messages(floor, "ana"))


def test_a_list_costs_the_same_queries_for_few_and_many_follow_ups(floor: TestFloor) -> None:
    channel = floor.declares()
    floor.says("ana", "/incident followup mend the trunk", channel)
    services, statements, thread_id = floor.services, [], threading.get_ident()

    @sa.event.listens_for(services.database.engine, "before_cursor_execute")
    def count(connection: object, cursor: object, statement: str, *more: object) -> None:
        # Queries of the clock meanwhile are not counted.
        if threading.get_ident() == thread_id:
            statements.append(statement)

    def queries() -> int:
        statements.clear()
        for look in (followup_screens.list_of_mine, followup_screens.list_of_overdue):
            look(services, "U0ANA", utcnow())
        text, blocks = followup_screens.list_of_incident(services, 1, "U0ANA", utcnow())
        assert len(blocks) <= 50
        assert text
        return len([words for words in statements if words.startswith("SELECT")])

    few_queries = queries()
    with services.database.transaction() as session:
        first = session.get(FollowUp, 1)
        assert first is not None
        for number in range(2, 300):
            copied_values = first.model_dump(exclude={"id", "source_key", "remind_at"})
            session.add(FollowUp(**copied_values, source_key=f"copy:{number}"))

    assert queries() == few_queries
