"""When a post-mortem is due, when its author is reminded, and which state may follow which."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.floor import Severity, WorkingDays
from bot.errors import WatchfloorError
from bot.incidents.tables import Incident
from bot.postmortems import review, views
from bot.postmortems.copies import Copy
from bot.postmortems.rules import State, Verdict
from bot.postmortems.tables import PostMortem
from bot.postmortems.views import PostMortemFacts

FRIDAY = datetime(2026, 10, 23, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("within", "due"),
    [
        (timedelta(days=3), "2026-10-26T15:00"),
        (WorkingDays(1), "2026-10-26T16:00"),
        (WorkingDays(3), "2026-10-28T16:00"),
        (WorkingDays(6), "2026-11-02T16:00"),
    ],
)
def test_working_days_leave_out_weekends_and_keep_the_hour_of_the_wall_clock(
    within: timedelta | WorkingDays, due: str
) -> None:
    # Summer time ends in Madrid on the Sunday: five o'clock is an hour later in UTC.
    assert review.due_at(FRIDAY, within, "Europe/Madrid").isoformat()[:16] == due


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(1, 30))
def test_what_is_due_in_working_days_is_never_due_on_a_weekend(closed: datetime, days: int) -> None:
    due = review.due_at(closed.replace(tzinfo=UTC), WorkingDays(days), "UTC")

    assert due.weekday() < 5
    assert due.time() == closed.time()


def test_the_deadline_is_read_as_people_write_it() -> None:
    required = {"meaning": "x", "guidance": "x"}

    assert Severity(**required, postmortem_within="3 working days").postmortem_within == WorkingDays(3)
    assert Severity(**required, postmortem_within="3 days").postmortem_within == timedelta(days=3)
    for text in ("0 working days", "soon"):
        with pytest.raises(ValueError, match="3 working days"):
            Severity(**required, postmortem_within=text)


def test_the_author_is_reminded_two_days_before_at_the_due_time_and_when_late() -> None:
    due, reminders, now = FRIDAY + timedelta(days=7), [], FRIDAY
    moment: datetime | None
    moment, late = review.first_reminder(due, now), 0
    while moment is not None:
        reminders.append(moment)
        late += moment >= due
        moment = review.next_reminder(due, moment, late)

    assert [(moment - due).days for moment in reminders] == [-2, 0, 3, 6]
    assert review.first_reminder(due, due - timedelta(days=1)) == due


@pytest.mark.parametrize(
    ("state", "verdicts", "refusal"),
    [
        (State.PREVIEW, [], review.NotYetClosed),
        (State.DRAFT, [], review.NotReviewedYet),
        (State.IN_REVIEW, [("<@U1>", Verdict.FINE), ("<@U2>", Verdict.CHANGES)], review.ChangesRequested),
        (State.PUBLISHED, [], review.AlreadyPublished),
        (State.PUT_ASIDE, [], review.SetAside),
    ],
)
def test_a_post_mortem_that_may_not_be_published_is_refused_with_what_to_do(
    state: State, verdicts: list[tuple[str, str]], refusal: type[WatchfloorError]
) -> None:
    with pytest.raises(refusal):
        review.check_may_publish(state, verdicts)


def test_a_reviewed_post_mortem_may_be_published_although_a_reviewer_is_silent() -> None:
    review.check_may_publish(State.IN_REVIEW, [("<@U1>", Verdict.FINE), ("<@U2>", Verdict.NONE)])


def test_the_message_does_not_mention_files_that_slack_refused() -> None:
    incident = Incident(
        id=7,
        title="IVR down",
        severity="S1",
        declared_key="k",
        declared_by="U1",
        declared_at=FRIDAY,
        resolved_at=FRIDAY,
    )
    postmortem = PostMortem(id=1, incident_id=7, requested_at=FRIDAY)
    copy = Copy(id=1, postmortem_id=1, incident_id=7, place="U1", trouble="file_uploads_disabled")
    facts = PostMortemFacts(incident, postmortem, [copy], FRIDAY, kept=0, due=0)

    message = str(views.message(facts, copy)[1])

    assert "in the thread" not in message
    assert "could not be put in this thread: this workspace does not allow file uploads." in message
    assert "could not get it" not in message
    assert "No scheduled update was due" in message
