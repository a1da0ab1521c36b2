"""Events about a message lead to the same result, whether they arrive doubled, late or in any order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incidents import parse
from bot.timeline import observed_message, observing
from bot.timeline.observed_message import MessagePolicy, ObservedMessage

BOT = frozenset({"UBOT"})
SAID_AT = 1_700_000_000.0
MANNER = MessagePolicy({"pushpin": "mark", "scales": "decision"})
FORGETS = MessagePolicy(MANNER.reactions, keeps_deleted_text=False)


@dataclass
class Slack:
    """One message over its lifetime, and every event that Slack makes of it."""

    text: str = "first"
    at: float = SAID_AT
    edited: float = 0.0
    is_there: bool = True
    is_pinned: bool = False
    reactions: set[tuple[str, str]] = field(default_factory=set)
    events: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tell(self.message())

    def message(self) -> dict[str, Any]:
        message = {"type": "message", "ts": f"{SAID_AT:.6f}", "user": "UANA", "text": self.text}
        return message | ({"edited": {"user": "UANA", "ts": f"{self.edited:.6f}"}} if self.edited else {})

    def _tell(self, event: dict[str, Any]) -> None:
        self.events.append({"channel": "C1", "event_ts": f"{self.at:.6f}"} | event)

    def passes(self, seconds: float) -> None:
        self.at += seconds

    def edits(self, text: str) -> None:
        if not self.is_there or text == self.text:
            return
        before = self.message()
        # Slack gives edits whole seconds; two of them may share one.
        self.text, self.edited = text, float(int(self.at) + 1)
        changed = {"subtype": "message_changed", "message": self.message(), "previous_message": before}
        self._tell({"type": "message", "ts": f"{self.at:.6f}"} | changed)

    def deletes(self) -> None:
        if self.is_there:
            self.is_there = False
            deletion = {"subtype": "message_deleted", "deleted_ts": f"{SAID_AT:.6f}", "ts": f"{self.at:.6f}"}
            self._tell({"type": "message", "previous_message": self.message()} | deletion)

    def reacts(self, user: str, name: str) -> None:
        """Add the reaction, or remove it."""
        is_on = (user, name) not in self.reactions
        self.reactions ^= {(user, name)}
        kind = "reaction_added" if is_on else "reaction_removed"
        self._tell({"type": kind, "user": user, "reaction": name, "item": {"ts": f"{SAID_AT:.6f}"}})

    def pins(self, user: str) -> None:
        self.is_pinned = not self.is_pinned
        kind = "pin_added" if self.is_pinned else "pin_removed"
        self._tell({"type": kind, "user": user, "item": {"message": {"ts": f"{SAID_AT:.6f}"}}})


def observed(event: dict[str, Any]) -> list[ObservedMessage]:
    kind, subtype = event["type"], event.get("subtype")
    if kind.startswith("reaction"):
        return [observing.observe_reaction(event, is_on=kind.endswith("added"))]
    if kind.startswith("pin"):
        pinned = observing.observe_pin(event, is_on=kind.endswith("added"))
        return [pinned] if pinned else []
    if subtype == "message_changed":
        return observing.observe_edit(event, BOT)
    return (
        observing.observe_deletion(event, BOT) if subtype else [observing.observe_message(event, event["event_ts"])]
    )


def observed_after(events: list[dict[str, Any]], manner: MessagePolicy = MANNER) -> ObservedMessage:
    """Return the state after these events, in their order, under the floor's policy."""
    observations = [observation for event in events for observation in observed(event)]
    return reduce(
        lambda one, other: manner.kept(observed_message.merge(one, other)),
        observations,
        ObservedMessage(f"{SAID_AT:.6f}"),
    )


deeds = st.lists(
    st.one_of(
        st.sampled_from(["once", "twice", "first", "third"]).map(lambda text: lambda slack: slack.edits(text)),
        st.just(lambda slack: slack.deletes()),
        st.tuples(st.sampled_from(["UANA", "UBEN"]), st.sampled_from(["pushpin", "scales", "tada"])).map(
            lambda pair: lambda slack: slack.reacts(*pair)
        ),
        st.sampled_from(["UANA", "UBEN"]).map(lambda user: lambda slack: slack.pins(user)),
        st.sampled_from([0.4, 61.0]).map(lambda seconds: lambda slack: slack.passes(seconds)),
    ),
    max_size=9,
)


def slack_after(acts: list[Callable[[Slack], None]]) -> Slack:
    slack = Slack()
    for act in acts:
        slack.passes(0.1)
        act(slack)
    return slack


@pytest.mark.parametrize("manner", [MANNER, FORGETS], ids=["keeps deleted words", "drops them"])
@given(acts=deeds, data=st.data())
def test_doubled_shuffled_and_delayed_events_lead_to_the_same_timeline(
    manner: MessagePolicy, acts: list[Callable[[Slack], None]], data: st.DataObject
) -> None:
    events = slack_after(acts).events
    doubled = events + data.draw(st.lists(st.sampled_from(events), max_size=4))

    delivered = data.draw(st.permutations(doubled))

    assert observed_after(delivered, manner) == observed_after(events, manner)
    assert observed_message.facts_of(observed_after(delivered, manner), manner) == observed_message.facts_of(
        observed_after(events, manner), manner
    )


@given(deeds)
def test_the_final_state_agrees_with_slack(acts: list[Callable[[Slack], None]]) -> None:
    slack = slack_after(acts)
    message = observed_after(slack.events)

    facts = observed_message.facts_of(message, MANNER)

    markers = {user for user, name in slack.reactions if name in MANNER.reactions}
    assert set(facts.get("marked_by", [])) - ({"UANA", "UBEN"} if slack.is_pinned else set()) <= markers
    assert observed_message.is_marked(message, MANNER) == (bool(markers) or slack.is_pinned)
    assert bool(facts.get("deleted_at")) is not slack.is_there
    if slack.edited == 0:
        assert facts["text"] == "first"
        assert "earlier" not in facts


@given(deeds)
def test_a_stored_message_is_read_back_unchanged(acts: list[Callable[[Slack], None]]) -> None:
    message = observed_after(slack_after(acts).events)

    assert observed_message.from_json(observed_message.as_json(message)) == message


def test_an_edit_keeps_both_versions_in_any_order_of_delivery() -> None:
    slack = slack_after(
        [lambda slack: slack.edits("once"), lambda s: s.passes(61), lambda slack: slack.edits("twice")]
    )

    for events in (slack.events, slack.events[::-1], slack.events[2:]):
        facts = observed_message.facts_of(observed_after(events), MANNER)
        assert facts["text"] == "twice"
        assert facts["earlier"][-1] == "once"


def test_a_reaction_alone_shows_nothing_until_the_message_arrives() -> None:
    slack = slack_after([lambda slack: slack.reacts("UBEN", "scales")])

    assert not observed_after(slack.events[1:]).is_confirmed
    assert observed_message.label_of(observed_after(slack.events[::-1]), MANNER) == "decision"


def test_erased_text_does_not_come_back_with_a_late_delivery() -> None:
    slack = slack_after([lambda slack: slack.edits("secret"), lambda slack: slack.deletes()])

    message = observed_after(slack.events[::-1], FORGETS)

    assert "secret" not in str(observed_message.as_json(message))
    assert observed_message.facts_of(message, FORGETS)["deleted_at"]
    assert message.is_confirmed


def test_the_first_message_of_a_thread_is_deleted_by_turning_into_a_tombstone() -> None:
    before = Slack().message()
    stone = before | {"subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted."}
    event = {"type": "message", "subtype": "message_changed", "ts": "1700000009.000000", "message": stone}

    observation = observing.observe_edit(event | {"previous_message": before}, BOT)

    facts = observed_message.facts_of(reduce(observed_message.merge, observation), MANNER)
    assert facts["text"] == "first"
    assert facts["deleted_at"]


def test_messages_of_other_programs_are_recorded_and_the_bots_are_not() -> None:
    alert = {"type": "message", "subtype": "bot_message", "ts": "1.000001", "bot_id": "BMON", "username": "Monitor"}

    assert observing.is_message(alert, BOT)
    assert not observing.is_message({"ts": "1.000001", "user": "UBOT", "text": "mine"}, BOT)
    assert not observing.is_message({"ts": "1.000001", "user": "UANA", "subtype": "channel_join"}, BOT)
    message = observing.observe_message(alert | {"attachments": [{"fallback": "CPU high"}]}, "1.000001")
    assert (message.author_name, message.versions[0].text) == ("Monitor", "CPU high")


BUTTON = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Acknowledge"}}
BLOCKS = [
    {"type": "header", "text": {"type": "plain_text", "text": "Firing: R&D <trunks>"}},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*1* of &lt;2&gt; lines"}, "accessory": BUTTON},
    {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Site*\nManila"}]},
    {"type": "context", "elements": [{"type": "image", "alt_text": "x"}, {"type": "mrkdwn", "text": "since 9:00"}]},
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "emoji", "name": "fire"},
                    {"type": "text", "text": " a & b "},
                    {"type": "user", "user_id": "U0ANA"},
                    {"type": "link", "url": "https://x.example/1", "text": "runbook"},
                ],
            }
        ],
    },
    {"type": "actions", "elements": [BUTTON]},
]
SAID = (
    "Firing: R&amp;D &lt;trunks&gt;\n*1* of &lt;2&gt; lines\n*Site*\nManila\nsince 9:00\n"
    ":fire: a &amp; b <@U0ANA><https://x.example/1|runbook>"
)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"text": "", "blocks": BLOCKS}, SAID),
        ({"attachments": [{"color": "f00", "fallback": "[no preview available]", "blocks": BLOCKS}]}, SAID),
        ({"text": "CPU high", "blocks": BLOCKS}, "CPU high"),
        ({"text": "", "blocks": [{"type": "new_block"}, {"type": "section"}]}, ""),
    ],
)
def test_a_message_says_what_its_blocks_say_if_its_text_is_empty(message: dict[str, Any], text: str) -> None:
    alert = {"type": "message", "subtype": "bot_message", "ts": "1.000001", "bot_id": "BMON"} | message

    assert observing.observe_message(alert, "1.000001").versions[0].text == text
    assert parse.shortcut_message({"channel": {"id": "C1"}, "message": alert}).text == text


def test_the_history_flags_recovered_messages_and_removes_marks_that_are_gone() -> None:
    slack = slack_after([lambda slack: slack.reacts("UBEN", "pushpin")])
    message = observed_after(slack.events)

    read = observing.observe_from_history(slack.message(), "1700000999.000000", message)

    assert not observed_message.is_marked(observed_message.merge(message, read), MANNER)
    assert observed_message.facts_of(observing.observe_from_history(slack.message(), "1700000999.000000"), MANNER)[
        "recovered"
    ]
    assert "recovered" not in observed_message.facts_of(observed_message.merge(message, read), MANNER)


def test_a_mark_that_is_read_back_keeps_the_time_at_which_it_was_set() -> None:
    slack = slack_after([lambda slack: slack.reacts("UBEN", "pushpin")])
    message = observed_after(slack.events)
    history_message = {**slack.message(), "reactions": [{"name": "pushpin", "users": ["UBEN"], "count": 1}]}

    read = observing.observe_from_history(history_message, "1700000999.000000", message)

    assert observed_message.merge(message, read).marks == message.marks
