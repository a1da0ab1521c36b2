"""When lockouts are a burst, and how logins are typed."""

import pytest

from bot.lockouts.recording import AT_LIMIT
from bot.lockouts.rules import (
    LoginsMissing,
    SecondPersonNeeded,
    TooManyLogins,
    check_unlocks,
    is_burst,
    negative_binomial_tail,
    read_logins,
    usual_in_window,
)
from bot.sources.okta import lockouts


def test_the_tail_is_that_of_the_negative_binomial_distribution():
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


def test_logins_are_read_once_each_and_within_reason():
    assert read_logins("a@x.example, b@x.example\n\na@x.example; c") == ["a@x.example", "b@x.example", "c"]
    with pytest.raises(LoginsMissing):
        read_logins(" \n ")
    with pytest.raises(TooManyLogins):
        read_logins("\n".join(map(str, range(201))))


def test_an_account_at_its_limit_is_told_from_one_that_unlocks_itself():
    user = {"type": "User", "id": "u1", "alternateId": "a1@northline.example"}
    events = [
        {"uuid": name, "eventType": name, "published": "2026-11-26T09:00:00.000Z", "target": [user]}
        | {"outcome": {"result": "SUCCESS", "reason": None}}
        for name in ("user.account.lock", "user.account.lock.limit")
    ]
    assert [lockout.reason for lockout in lockouts(events)] == ["", AT_LIMIT]


def test_one_person_asks_for_ten_unlocks_and_the_eleventh_needs_another():
    check_unlocks(9, "a10")
    with pytest.raises(SecondPersonNeeded, match="somebody else has to press"):
        check_unlocks(10, "a11")
