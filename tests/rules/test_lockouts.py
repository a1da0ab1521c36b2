"""When lockouts are a burst, and how logins are read."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.lockouts.reading import is_table_of_lockouts, read_lockouts
from bot.lockouts.recording import AT_LIMIT
from bot.lockouts.rules import (
    Failure,
    LoginsMissing,
    NotALogin,
    NotTheSamePerson,
    SecondPersonNeeded,
    TooManyLogins,
    burst_since,
    check_approver,
    check_asked,
    hints,
    is_burst,
    needs_second_person,
    negative_binomial_tail,
    read_logins,
    usual_in_window,
)
from bot.sources.okta import lockouts


def test_the_tail_follows_the_negative_binomial_distribution():
    # Mean 4 with variance 12 (size 2), and with variance 8 (size 4), where it is 1.8e-2.
    assert negative_binomial_tail(12, 4, 2) == pytest.approx(0.0385367, abs=1e-7)
    assert negative_binomial_tail(12, 4, 4) == pytest.approx(0.018, abs=5e-4)
    assert negative_binomial_tail(0, 3) == 1
    assert negative_binomial_tail(6, 3, 1) == pytest.approx((3 / 4) ** 6)


def test_six_at_a_quiet_partner_are_a_burst_and_at_a_busy_one_they_are_not():
    assert is_burst(6, usual_in_window(0))
    assert not is_burst(5, usual_in_window(0))
    assert not is_burst(6, usual_in_window(6720 * 3))
    assert is_burst(25, usual_in_window(6720 * 3))


def test_each_login_is_read_once_and_up_to_a_limit():
    assert read_logins("a@x.example, b@x.example\n\na@x.example; c") == ["a@x.example", "b@x.example", "c"]
    with pytest.raises(LoginsMissing):
        read_logins(" \n ")
    assert read_logins("\n a@x.example \r\n") == ["a@x.example"]
    # A login and its password, as two cells of a sheet are pasted, or with a space that does not break.
    for typed in (
        "hunter 2",
        "b@x.example\thunter2",
        "b@x.example\u00a0hunter2",
        "b@x.example, https://x.example/reset",
    ):
        with pytest.raises(NotALogin, match="Line 2"):
            read_logins(f"a@x.example\n{typed}")
    with pytest.raises(TooManyLogins):
        read_logins("\n".join(map(str, range(201))))


def test_an_account_at_its_limit_is_distinguished_from_one_that_unlocks_itself():
    user = {"type": "User", "id": "u1", "alternateId": "a1@northline.example"}
    events = [
        {"uuid": name, "eventType": name, "published": "2026-11-26T09:00:00.000Z", "target": [user]}
        | {"outcome": {"result": "SUCCESS", "reason": None}}
        for name in ("user.account.lock", "user.account.lock.limit")
    ]
    assert [lockout.reason for lockout in lockouts(events)[0]] == ["", AT_LIMIT]


def test_one_person_may_ask_for_ten_accounts_and_the_eleventh_needs_another_person():
    check_asked(9, "a10")
    with pytest.raises(SecondPersonNeeded, match="somebody else has to do it"):
        check_asked(10, "a11")
    check_approver("U1", "U2")
    with pytest.raises(NotTheSamePerson):
        check_approver("U1", "U1")


AT = datetime(2026, 5, 13, 9, tzinfo=UTC)


def failure_of(login: str, second: int = 0, reason: str = "INVALID_CREDENTIALS", **where: str) -> Failure:
    return Failure(login, AT + timedelta(seconds=second), reason, **where)


def test_failures_suggest_what_to_look_at_first():
    site = [failure_of(f"a{at}", address="203.0.113.1") for at in range(4)] + [
        failure_of("a4", address="198.51.100.7")
    ]
    assert "4 of 5 people come from one network (203.0.113.1)" in hints(site)[0]
    device = [failure_of("a1", 20 * at, client="OUTLOOK on Windows 10") for at in range(5)]
    assert "a device (OUTLOOK on Windows 10) tries one that it has kept" in hints(device)[0]
    assert hints([failure_of("a1", 60 * at) for at in range(5)]) == []
    assert "unlock it first" in hints([failure_of("a1", reason="LOCKED_OUT")])[0]
    assert "several places" in hints([failure_of("a1", place="Manila"), failure_of("a1", place="Lagos")])[0]


def test_a_file_of_lockouts_is_read_and_its_other_columns_are_ignored(tmp_path):
    file = tmp_path / "locked.csv"
    lines = (
        "Locked accounts",
        "Username;Locked at;BPO;Lock type;Temporary password",
        "a1@northline.example;13/05/2026 08:30;Northline;AD;hunter2",
        ";13/05/2026 08:30;;;x",
        "a2@northline.example;14/05/2026 08:30;;;x",
        "a3@northline.example;soon;;;x",
        "a4@northline.example;-;;temporary;x",
    )
    file.write_text("\n".join(lines))
    read = read_lockouts(file, "Europe/Madrid", AT, "Telvia")
    first, last = read.rows
    assert (first.login, first.partner, first.release) == ("a1@northline.example", "Northline", "directory")
    assert first.at == datetime(2026, 5, 13, 6, 30, tzinfo=UTC)
    assert (last.partner, last.at, last.release) == ("Telvia", AT, "itself")
    assert [line for line, _ in read.left_out] == [4, 5, 6]
    assert read.left_out[1][1] == "it was locked in the future (14/05/2026 08:30, read as Europe/Madrid)"
    assert "hunter2" not in str(read)
    again = read_lockouts(file, "Europe/Madrid", AT + timedelta(hours=1), "Telvia")
    assert [row.external_id for row in again.rows] == [row.external_id for row in read.rows]
    file.write_text("Employee,Date,Start,End\na1,2026-05-13,08:00,16:00\n")
    assert not is_table_of_lockouts(file)


def test_a_name_unknown_to_the_source_is_not_stored_because_it_may_be_a_password():
    event: dict[str, object] = {"eventType": "user.session.start", "published": "2026-05-13T09:00:00.000Z"}
    event |= {"outcome": {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}}
    where: dict[str, object] = {
        "ipAddress": "203.0.113.1",
        "geographicalContext": {"city": "Manila", "country": "Philippines"},
    }
    client: dict[str, object] = where | {"userAgent": {"browser": "CHROME", "os": "Windows 10"}}
    known_actor = {"id": "00u1", "alternateId": "a1@northline.example"}
    stranger = {"id": "unknown", "alternateId": "hunter2"}
    events = [event | {"uuid": each["id"], "actor": each, "client": client} for each in (known_actor, stranger)]
    [lockout], _ = lockouts(events)
    assert (lockout.kind, lockout.login, lockout.reason) == (
        "failed to sign in",
        known_actor["alternateId"],
        "INVALID_CREDENTIALS",
    )
    assert (lockout.place, lockout.address, lockout.client) == (
        "Manila, Philippines",
        "203.0.113.1",
        "CHROME on Windows 10",
    )


@pytest.mark.parametrize(
    ("minutes", "logins", "first"),
    [
        ((0, 1, 2, 3, 4, 5), "abcdef", 0),
        ((0, 1, 2, 3, 4, 6), "abcdef", None),  # six, but not within six minutes
        ((0, 20, 21, 22, 23, 24, 25, 50), "abcdefgh", 20),
        ((0, 1, 2, 3, 4, 5), "abcdeA", None),  # five agents, one of them twice
    ],
)
def test_a_burst_is_found_by_when_the_accounts_were_locked(minutes, logins, first):
    lockouts = [(AT + timedelta(minutes=minute), login) for minute, login in zip(minutes, logins, strict=True)]
    expected = None if first is None else AT + timedelta(minutes=first)
    assert burst_since(lockouts, usual=0.02) == expected


def test_two_hundred_logins_can_be_typed_and_a_long_one_is_cut():
    assert len(read_logins("\n".join(map(str, range(200))))) == 200
    assert read_logins("x" * 101) == ["x" * 100]


def test_the_eleventh_account_within_ten_minutes_needs_a_second_person_who_is_another():
    check_asked(9, "a@x.example")
    with pytest.raises(SecondPersonNeeded, match="10 accounts"):
        check_asked(10, "a@x.example")
    assert not needs_second_person(0, 10)
    assert needs_second_person(0, 11)
    check_approver("U1", "U2")
    with pytest.raises(NotTheSamePerson):
        check_approver("U1", "U1")
