"""What becomes of a row of the outbox that Slack refuses or that is given back, and what its lease guards."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from sqlmodel import Session, col, select

from bot import outbox
from bot.errors import TryLater
from bot.incidents.tables import Incident
from bot.outbox import leases, outcomes, refusals, rules, staleness
from bot.outbox.kinds import Call, Kind, Settled
from bot.outbox.outcomes import Outcome, Rendered
from bot.outbox.rules import Refusal
from bot.outbox.tables import DUE, LEASE, OutboxRow
from bot.runtime.clock import utcnow
from bot.runtime.database import Database
from bot.slack.blocks import Message
from bot.slack.errors import SlackRefused
from bot.slack.messages import Posted
from tests import prepared
from tests.rules.playbook_builders import NOON
from tests.rules.test_update_templates import services

MESSAGE: Message = ("words", [])
SECOND = timedelta(seconds=1)


def kind(recipient: bool = True, **facts: Any) -> Kind:
    return Kind("a kind", "do it", lambda _: MESSAGE, (lambda _: "C1") if recipient else None, **facts)


def row(**facts: Any) -> OutboxRow:
    leased: dict[str, Any] = {"leased_until": NOON + LEASE, "leased_by": "replica", "attempted_at": NOON}
    leased |= {"id": 7, "key": "key", "kind": "a kind", "retry_at": NOON}
    return OutboxRow(**(leased | facts))


def refused(each: OutboxRow, error: str, its_kind: Kind, channel_id: str = "C1") -> Outcome:
    return refusals.outcome(Rendered(each, its_kind, MESSAGE, channel_id), SlackRefused("chat.postMessage", error))


def test_a_refused_attempt_was_not_carried_out_but_an_earlier_one_may_have_been() -> None:
    assert refused(row(), "invalid_blocks", kind()).values["attempted_at"] is None
    earlier = row(attempted_at=NOON - SECOND)
    assert "attempted_at" not in refused(earlier, "invalid_blocks", kind()).values
    assert "attempted_at" not in refused(row(ts="1.0"), "invalid_blocks", kind()).values


def test_a_refused_row_is_tried_again_ever_later_or_given_up_as_its_kind_says() -> None:
    before = utcnow()
    later = refused(row(attempts=3), "invalid_blocks", kind()).values
    assert (later["attempts"], later["error"], "refused" in later) == (4, "invalid_blocks", False)
    assert timedelta(seconds=39) < later["retry_at"] - before < timedelta(seconds=60)
    ended = refused(row(attempts=3), "invalid_blocks", kind(otherwise=Refusal.FINAL))
    assert ended.values == {"attempted_at": None, "refused": "invalid_blocks"}


def test_a_person_who_is_gone_is_given_up_only_once_there_is_an_alarm() -> None:
    def is_given_up(reason: str, channel_id: str, **facts: Any) -> bool:
        return "refused" in refused(row(**facts), reason, kind(), channel_id).values

    alarm: dict[str, Any] = {"error": "x", "attempts": rules.MANY_FAILURES}
    for gone, person in (("user_not_found", "U1"), ("channel_not_found", "D1"), ("user_disabled", "W1")):
        assert is_given_up(gone, person, **alarm)
        assert not is_given_up(gone, person, error="x", attempts=rules.MANY_FAILURES - 1)
        assert not is_given_up(gone, person, attempts=rules.MANY_FAILURES)
        assert not is_given_up(gone, "C1", **alarm)
    assert not is_given_up("invalid_blocks", "U1", **alarm)


def test_a_first_message_that_is_refused_ends_at_once_where_the_kind_says_so_but_not_for_what_passes() -> None:
    first_only = kind(refused_at_first=Refusal.FINAL)
    assert "refused" in refused(row(), "restricted_action", first_only).values
    assert "refused" not in refused(row(ts="1.0"), "restricted_action", first_only).values
    for passing in ("token_expired", "external_channel_migrating", "org_login_required"):
        values = refused(row(), passing, first_only).values
        assert ("refused" in values, values["error"]) == (False, passing)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Two incidents, of which only the first has a channel."""
    store = Database(prepared.database(tmp_path))
    with store.transaction() as session:
        for number, channel_id in ((1, "C1"), (2, None)):
            declared: dict[str, Any] = {"declared_key": str(number), "declared_by": "U1", "declared_at": NOON}
            session.add(Incident(id=number, title="a", severity="S1", channel_id=channel_id, **declared))
        yield session
    store.close()


@dataclass
class Incidents:
    """What the outbox reports to incidents."""

    lost: list[str] = field(default_factory=list)

    def lock(self, session: Session, incident_id: int) -> None:
        raise AssertionError

    def snapshot(self, session: Session, incident_id: int) -> Any:
        raise AssertionError

    def lose_channel(self, session: Session, incident_id: int, error: str) -> None:
        self.lost.append(f"{incident_id} {error}")

    def record_trouble(self, session: Session, incident_id: int, purpose: str, reason: str) -> None:
        self.lost.append(f"{incident_id} {purpose}: {reason}")


def test_a_lost_channel_is_the_incidents_only_for_what_goes_to_it(session: Session) -> None:
    def lost_for(error: str, its_kind: Kind) -> list[str]:
        each = row(id=None, incident_id=1, key=f"{error} {len(session.exec(select(OutboxRow)).all())}", wanted=2)
        session.add(each)
        session.flush()
        outcome, incidents = refused(each, error, its_kind), Incidents()
        assert not {"refused", "error"} & set(outcome.values)
        assert outcome.then
        outcome.then(Settled(session, services(), each), incidents)
        session.refresh(each)
        assert each.shown == each.wanted, "it is not tried again"
        return incidents.lost

    refusals_of_kind = {"restricted_action": Refusal.OWN}
    own = kind(recipient=False, refusals=refusals_of_kind, on_refused=lambda _, error: error == "restricted_action")
    assert lost_for("is_archived", kind(recipient=False)) == ["1 is_archived"]
    assert lost_for("restricted_action", own) == []
    assert lost_for("is_archived", own) == ["1 is_archived"]
    assert lost_for("restricted_action", replace(own, on_refused=lambda *_: False)) == ["1 restricted_action"]
    elsewhere = refused(row(incident_id=1), "is_archived", kind(otherwise=Refusal.FINAL))
    assert elsewhere.values["refused"] == "is_archived"


def test_trouble_with_a_row_of_an_incident_is_recorded_once(session: Session) -> None:
    def troubles(its_kind: Kind, **facts: Any) -> list[str]:
        outcome, incidents = refused(row(**facts), "invalid_blocks", its_kind), Incidents()
        if outcome.then:
            outcome.then(Settled(session, services(), outcome.row), incidents)
        return incidents.lost

    assert troubles(kind(), incident_id=1, is_rendered=True) == ["1 do it: invalid_blocks"]
    assert troubles(kind(), incident_id=1, is_rendered=True, error="x") == []
    assert troubles(kind(), incident_id=1) == troubles(kind(), is_rendered=True) == []
    assert troubles(replace(kind(), purpose=""), incident_id=1, is_rendered=True) == []


def test_a_message_that_a_person_deleted_is_posted_anew_under_another_key() -> None:
    outcome = refused(
        row(ts="1.0", shown=3, wanted=4, incident_id=2, subject="s", replaced=1, content_hash="x", looked=1),
        "message_not_found",
        kind(),
    )
    assert outcome.values == {
        "ts": None,
        "attempted_at": None,
        "looked": 0,
        "shown": 0,
        "content_hash": "",
        "replaced": 2,
        "key": "a kind:2:s:2",
    }
    assert "key" not in refused(row(), "message_not_found", kind()).values, "it was not there yet"


def test_a_row_that_was_not_sent_is_put_off_and_one_whose_answer_is_missing_is_looked_for() -> None:
    before = utcnow()
    asked = outcomes.put_off(row(attempts=2), TryLater("wait", 30)).values
    assert (asked["attempted_at"], asked["error"], "attempts" in asked) == (None, "wait", False)
    assert timedelta(seconds=29) < asked["retry_at"] - before < timedelta(seconds=40)
    silent = outcomes.put_off(row(attempts=2, attempted_at=NOON - SECOND), TryLater("no answer")).values
    assert (silent["attempts"], "attempted_at" in silent) == (3, False)
    assert timedelta(seconds=19) < silent["retry_at"] - before < timedelta(seconds=30)
    assert "error" not in outcomes.put_off(row(is_rendered=True), TryLater("no answer")).values

    sent_now = row(leased_until=before + LEASE, attempted_at=before)
    assert outcomes.unknown(Rendered(sent_now, kind(), MESSAGE, "C1")).values == {
        "retry_at": before + rules.LOOK_AFTER[0],
        "attempts": 1,
    }
    repeatable = Rendered(
        row(leased_until=before + LEASE, attempted_at=before), kind(), Call("x", lambda: None), ""
    )
    assert outcomes.unknown(repeatable).values["retry_at"] < before + timedelta(seconds=14)


def test_only_what_may_not_happen_twice_is_looked_for_before_it_is_repeated() -> None:
    call, guarded = Call("x", lambda: None), Call("x", lambda: None, lambda: False)
    assert not outcomes.may_be_repeated(Rendered(row(), kind(), MESSAGE, "C1"))
    assert outcomes.may_be_repeated(Rendered(row(ts="1.0"), kind(), MESSAGE, "C1"))
    assert outcomes.may_be_repeated(Rendered(row(), kind(), call, "C1"))
    assert not outcomes.may_be_repeated(Rendered(row(), kind(), guarded, "C1"))
    same = Rendered(row(), kind(), guarded, "C1").content_hash
    assert outcomes.may_be_repeated(Rendered(row(content_hash=same), kind(), guarded, "C1"))


def test_a_delivered_row_keeps_where_it_is_and_forgets_its_troubles() -> None:
    tired = row(wanted=4, shown=2, attempts=3, looked=1, error="x")
    values = outcomes.delivered(Rendered(tired, kind(), MESSAGE, "C1"), Posted("D1", "1.0")).values
    assert {name: values[name] for name in ("shown", "channel_id", "ts", "attempts", "looked", "error")} == {
        "shown": 4,
        "channel_id": "D1",
        "ts": "1.0",
        "attempts": 0,
        "looked": 0,
        "error": None,
    }
    assert "attempted_at" not in values
    done = outcomes.delivered(Rendered(row(), kind(), Call("x", lambda: None), "C2"), None).values
    assert (done["attempted_at"], done["channel_id"]) == (None, "C2")


def add(session: Session, key: str, **facts: Any) -> OutboxRow:
    """A row that nobody has leased."""
    unleased: dict[str, Any] = {
        "leased_until": None,
        "leased_by": None,
        "attempted_at": None,
        "id": None,
        "key": key,
    }
    each = row(**(unleased | facts))
    session.add(each)
    session.flush()
    return each


def keys(rows: list[OutboxRow]) -> list[str]:
    return [each.key for each in rows]


def test_messages_are_leased_in_the_order_of_their_urgency_and_of_their_lane(session: Session) -> None:
    add(session, "late", retry_at=NOON + SECOND)
    add(session, "usual")
    add(session, "urgent", priority=outbox.URGENT)
    add(session, "done", shown=1)
    add(session, "refused", refused="x")
    add(session, "part", batch_id=1)
    add(session, "rendered", is_rendered=True, incident_id=1)
    in_hand = add(session, "in hand")
    add(session, "lane 1", lane="a", priority=outbox.URGENT)
    add(session, "lane 2", lane="a", priority=outbox.FIRST)
    add(session, "other lane", lane="b", retry_at=NOON + SECOND)
    add(session, "behind it", lane="b")
    leased = leases.of_messages(session, "one", NOON, [in_hand.number])
    assert keys(leased) == ["urgent", "lane 1", "usual"]
    assert {(each.leased_by, each.leased_until, each.attempted_at) for each in leased} == {
        ("one", NOON + LEASE, NOON)
    }
    assert keys(leases.of_messages(session, "two", NOON)) == ["in hand"]
    assert leases.of_messages(session, "two", NOON + SECOND) != []
    leases.end(session, "one")
    again = leases.of_messages(session, "two", NOON + SECOND)
    assert keys(again) == ["urgent", "lane 1", "usual"]
    assert {each.attempted_at for each in again} == {NOON}, "the first attempt is the one to look for"
    assert leases.of_messages(session, "three", NOON + LEASE - SECOND / 2) == []
    assert len(leases.of_messages(session, "three", NOON + SECOND + LEASE)) == leases.MESSAGES_AT_ONCE


def test_a_row_of_a_lane_waits_for_every_earlier_one_that_is_not_settled(session: Session) -> None:
    first, second = add(session, "1", lane="a", retry_at=NOON + SECOND), add(session, "2", lane="a")
    assert leases.of_messages(session, "x", NOON) == []
    first.refused = "x"
    session.flush()
    assert keys(leases.of_messages(session, "x", NOON)) == ["2"]
    assert second.lane == "a"


def test_what_shows_an_incident_is_leased_once_it_has_a_channel_and_edits_wait_for_what_is_new(
    session: Session,
) -> None:
    for number in (1, 2):
        add(session, f"edit of {number}", incident_id=number, is_rendered=True, shown=1, wanted=2, subject="a")
    assert keys(leases.edits_of_incident(session, 1, "x", NOON)) == ["edit of 1"]
    assert leases.of_incident(session, 2, "x", NOON) == []
    leases.end(session, "x")
    new = add(session, "new", incident_id=1, is_rendered=True, subject="b")
    add(session, "message", incident_id=1)
    assert leases.edits_of_incident(session, 1, "x", NOON) == []
    new.retry_at = NOON + SECOND
    session.flush()
    assert keys(leases.edits_of_incident(session, 1, "x", NOON)) == ["edit of 1"]
    leases.end(session, "x")
    assert keys(leases.of_incident(session, 1, "x", NOON + SECOND)) == ["edit of 1", "new"]


def settled(session: Session, each: OutboxRow, **values: Any) -> tuple[OutboxRow, bool]:
    """The row after its outcome was recorded, and whether that was within its lease."""
    due = leases.settle(session, [(each, values)])
    stored = session.exec(
        select(OutboxRow).where(col(OutboxRow.key) == each.key).execution_options(populate_existing=True)
    ).one()
    return stored, each.number in due


def leased_row(session: Session, key: str, **facts: Any) -> OutboxRow:
    add(session, key, **facts)
    each = next(each for each in leases.of_messages(session, "one", NOON) if each.key == key)
    session.expire_all()
    return each


def test_an_outcome_counts_only_within_its_own_lease(session: Session) -> None:
    assert leases.settle(session, []) == {}
    mine = leased_row(session, "a")
    stored, is_mine = settled(session, mine, shown=1, ts="1.0")
    assert (stored.shown, stored.ts, stored.leased_by, stored.leased_until, is_mine) == (1, "1.0", None, None, True)
    late = leased_row(session, "b")
    [taken] = leases.of_messages(session, "two", NOON + LEASE)
    stored, is_mine = settled(session, late, shown=1, ts="2.0")
    assert (stored.shown, stored.ts, stored.leased_by, is_mine) == (0, None, "two", False)
    assert settled(session, taken, ts="3.0")[0].ts == "3.0"


def test_an_outcome_says_when_the_row_is_due_again(session: Session) -> None:
    each = leased_row(session, "a", wanted=2)
    other = leased_row(session, "b")
    due = leases.settle(session, [(each, {"shown": 1}), (other, {"refused": "x"})])
    assert due == {each.number: NOON, other.number: None}
    assert (
        leases.settle(session, [(leased_row(session, "c", retry_at=NOON - SECOND), {"shown": 1})]).popitem()[1]
        is None
    )


def test_what_happened_to_a_row_during_its_attempt_is_kept(session: Session) -> None:
    given_up = leased_row(session, "a", wanted=3, incident_id=1)
    staleness.abandon(session, given_up)
    assert settled(session, given_up, shown=2)[0].shown == 3
    deleted = leased_row(session, "b", wanted=2, shown=1)
    assert settled(session, deleted, shown=0)[0].shown == 0
    changed = leased_row(session, "c", channel_id="C1", ts="1.0", content_hash="x", is_rendered=False)
    stored = session.get(OutboxRow, changed.number)
    assert stored
    stored.content_hash = ""
    assert settled(session, changed, content_hash="y")[0].content_hash == ""
    same = leased_row(session, "d", content_hash="x")
    assert settled(session, same, content_hash="y")[0].content_hash == "y"


def fill(session: Session, **facts: Any) -> None:
    """Put rows of several incidents and kinds into the outbox, all of them shown."""
    session.flush()
    session.connection().execute(sa.delete(OutboxRow))
    session.expunge_all()
    for key, its_facts in {
        "card": {"incident_id": 1, "is_rendered": True, "follows_incident": True, "kind": "card"},
        "run a": {"incident_id": 1, "is_rendered": True, "kind": "run", "subject": "a_b"},
        "run a part": {"incident_id": 1, "is_rendered": True, "kind": "run", "subject": "a_b:1"},
        "run like a": {"incident_id": 1, "is_rendered": True, "kind": "run", "subject": "axb:1"},
        "draft": {"incident_id": 1, "is_rendered": True, "kind": "draft", "follows_incident": True},
        "old draft": {"incident_id": 1, "is_rendered": True, "kind": "draft", "subject": "b"},
        "post": {"incident_id": 1, "kind": "run", "subject": "a_b", "channel_id": "C1", "ts": "1.0"},
        "other": {"incident_id": 2, "is_rendered": True, "follows_incident": True, "kind": "run", "subject": "a_b"},
        "shown": {"is_rendered": True, "kind": "run", "channel_id": "C1", "ts": "2.0", "incident_id": 2},
    }.items():
        add(session, key, **({"content_hash": "x", "shown": 1, "wanted": 1} | its_facts | facts))


def changed(session: Session, name: str, was: Any) -> set[str]:
    """The keys of the rows that have another value now."""
    rows = session.exec(select(OutboxRow).execution_options(populate_existing=True)).all()
    return {each.key for each in rows if getattr(each, name) != was}


def test_a_change_marks_exactly_what_shows_it(session: Session) -> None:
    fill(session)
    staleness.mark_stale(session, 1)
    assert changed(session, "wanted", 1) == {"card", "draft"}
    fill(session)
    staleness.mark_stale(session, 1, ["run", "draft"])
    assert changed(session, "wanted", 1) == {"run a", "run a part", "run like a", "draft"}
    fill(session)
    staleness.mark_stale_subject(session, 1, ["run"], "a_b")
    assert changed(session, "wanted", 1) == {"run a", "run a part"}
    fill(session, follows_incident=True)
    staleness.stop_following(session, 1, "run", "a_b")
    assert changed(session, "follows_incident", True) == {"run a part"}
    fill(session)
    assert staleness.mark_message_stale(session, "C1", "2.0") == [2]
    assert changed(session, "wanted", 1) == changed(session, "content_hash", "x") == {"shown"}
    assert staleness.mark_message_stale(session, "C1", "1.0") == []
    assert staleness.mark_message_stale(session, "C2", "2.0") == []
    assert changed(session, "wanted", 1) == {"shown"}


def test_what_was_undone_or_is_given_up_is_exactly_what_belongs_to_it(session: Session) -> None:
    fill(session)
    staleness.show_again(session, 1, "run")
    assert changed(session, "shown", 1) == {"run a", "run a part", "run like a", "post"}
    assert changed(session, "content_hash", "x") == {"run a", "run a part", "run like a", "post"}
    fill(session, wanted=3)
    staleness.give_up(session, 1)
    assert changed(session, "shown", 1) == {"card", "run a", "run a part", "run like a", "draft", "old draft"}
    fill(session)
    staleness.replace_channel(session, "C1", "C9")
    assert changed(session, "channel_id", None) == {"post", "shown"}
    assert changed(session, "channel_id", "C9") == {
        *("card", "run a", "run a part", "run like a", "draft", "old draft", "other")
    }


def test_a_change_wakes_the_worker_for_its_incident(session: Session) -> None:
    for act, due in (
        (lambda: staleness.mark_stale(session, 1), {1}),
        (lambda: staleness.mark_stale_subject(session, 1, ["run"], "a_b"), {1}),
        (lambda: staleness.mark_message_stale(session, "C1", "2.0"), {2}),
        (lambda: staleness.show_again(session, None, "run"), {None}),
    ):
        fill(session)
        session.info.clear()
        act()
        assert set(session.info[DUE]) == due
