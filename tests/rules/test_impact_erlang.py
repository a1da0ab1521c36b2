"""Erlang C, Erlang A and what-ifs, against published vectors."""

import json
from math import exp, inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.impact.rules.erlang import (
    Load,
    Unstable,
    Waiting,
    erlang_a,
    erlang_b,
    erlang_c,
    patience,
    required_a,
    required_c,
)
from bot.impact.rules.figures import ServiceLevel
from bot.impact.rules.whatif import (
    LeverImpossible,
    UnknownLever,
    answer,
    changed,
    outage_minutes,
    read_levers,
    remedies,
    split_queue,
)

VECTORS = json.loads((Path(__file__).parent / "figures" / "vectors_queueing.json").read_text())
PRECISE = 1e-9
CLIFF = Load(420 / 1800, 360, 92, 20, 120)
OFFERED = ServiceLevel.OF_OFFERED


def load_of(vector: dict[str, float]) -> Load:
    return Load(
        vector["arrivals_per_s"],
        vector["aht_s"],
        int(vector["agents"]),
        vector["threshold_s"],
        vector.get("patience_s", inf),
    )


@pytest.mark.parametrize("vector", VECTORS["erlang_c"])
def test_erlang_c_is_exact(vector):
    waiting = erlang_c(load_of(vector))
    assert isinstance(waiting, Waiting)
    computed = (waiting.delayed, waiting.answered_in, waiting.asa_s, waiting.occupancy)
    assert computed == pytest.approx((vector["C"], vector["SL"], vector["ASA"], vector["occ"]), abs=PRECISE)


@pytest.mark.parametrize("vector", VECTORS["erlang_a"])
def test_erlang_a_is_exact(vector):
    waiting = erlang_a(load_of(vector))
    assert waiting.delayed == pytest.approx(vector["Pw"], abs=PRECISE)
    assert waiting.abandoned == pytest.approx(vector["Pab"], abs=PRECISE)
    assert waiting.asa_s == pytest.approx(vector["EW"], abs=PRECISE)
    assert waiting.queue == pytest.approx(vector["Lq"], abs=PRECISE)
    assert waiting.occupancy == pytest.approx(vector["occ"], abs=PRECISE)
    assert waiting.answered_in == pytest.approx(vector["ans_in_T"], abs=PRECISE)
    assert waiting.abandoned_in == pytest.approx(vector["ab_in_T"], abs=PRECISE)
    for formula, name in (
        (OFFERED, "SL_offered"),
        (ServiceLevel.OF_ANSWERED, "SL_of_answered"),
        (ServiceLevel.REMOVED, "SL_connect"),
        (ServiceLevel.WITHOUT_SHORT, "SL_excl_short_ab"),
    ):
        assert waiting.service_level(formula) == pytest.approx(vector[name], abs=PRECISE)


@pytest.mark.parametrize("vector", VECTORS["erlang_c_probability"])
def test_the_probability_of_waiting_is_exact(vector):
    waiting = erlang_c(Load(vector["erlangs"], 1, vector["agents"]))
    assert isinstance(waiting, Waiting)
    assert waiting.delayed == pytest.approx(vector["C"], abs=PRECISE)


def test_erlang_c_says_how_fast_an_unstable_queue_grows():
    growing = erlang_c(replace(CLIFF, aht_s=450))
    assert isinstance(growing, Unstable)
    assert growing.growth_per_s == pytest.approx((105 - 92) / 450)
    assert erlang_a(replace(CLIFF, aht_s=450)).abandoned == pytest.approx(0.13805446217336648, abs=PRECISE)


@given(st.floats(1e-4, 8), st.floats(10, 2000), st.integers(0, 3000), st.floats(1, 120), st.floats(5, 1800))
def test_erlang_a_has_a_sensible_answer_for_any_load(arrivals, aht_s, agents, threshold_s, patience_s):
    waiting = erlang_a(Load(arrivals, aht_s, agents, threshold_s, patience_s))
    for share in (waiting.delayed, waiting.abandoned, waiting.answered_in, waiting.abandoned_in, waiting.occupancy):
        assert -1e-7 <= share <= 1 + 1e-7
    assert waiting.answered_in + waiting.abandoned <= 1 + 1e-7
    assert waiting.abandoned_in <= waiting.abandoned + 1e-7


def test_a_queue_holds_those_who_arrive_while_one_of_them_waits():
    steady = erlang_c(CLIFF)
    assert isinstance(steady, Waiting)
    impatient = erlang_a(replace(CLIFF, agents=86))
    deserted = erlang_a(replace(CLIFF, agents=0))
    for waiting in (steady, impatient, deserted):
        assert waiting.queue == pytest.approx(waiting.asa_s * CLIFF.arrivals_per_s)
    assert (deserted.delayed, deserted.asa_s, deserted.occupancy, deserted.abandoned) == (1, 120, 0, 1)
    assert (deserted.answered_in, deserted.service_level(ServiceLevel.OF_ANSWERED)) == (0, 0)
    assert deserted.abandoned_in == pytest.approx(1 - exp(-20 / 120))


def test_nobody_waits_where_nobody_calls_and_exactly_as_much_work_as_agents_is_too_much():
    for agents in (0, 5):
        assert erlang_a(Load(0, 300, agents, 20, 120)) == Waiting(0, 0, 0, 0, 1)
    assert erlang_c(Load(0.25, 400, 100)) == Unstable(0)
    one_more = erlang_c(Load(0.25, 400, 101))
    assert isinstance(one_more, Waiting)
    assert one_more.occupancy == pytest.approx(100 / 101)


def test_a_load_that_no_number_of_agents_carries_has_no_required_number():
    beyond = Load(25_000 / 300, 300, 1, 20, 120)
    assert required_a(beyond, 0.95, ServiceLevel.OF_OFFERED) is None
    assert required_c(beyond, 0.95) is None


@given(st.floats(0.01, 3), st.floats(30, 900), st.sampled_from(list(ServiceLevel)))
def test_the_required_agents_reach_the_target_and_one_fewer_does_not(arrivals, aht_s, formula):
    load = Load(arrivals, aht_s, 1, 20, 120)
    by_a, by_c = required_a(load, 0.8, formula), required_c(load, 0.8)
    assert by_a is not None
    assert by_c is not None
    assert erlang_a(replace(load, agents=by_a)).service_level(formula) >= 0.8
    assert erlang_a(replace(load, agents=by_a - 1)).service_level(formula) < 0.8
    enough, short = erlang_c(replace(load, agents=by_c)), erlang_c(replace(load, agents=by_c - 1))
    assert isinstance(enough, Waiting)
    assert enough.answered_in >= 0.8
    assert isinstance(short, Unstable) or short.answered_in < 0.8


def test_nobody_waits_when_there_are_far_more_agents_than_work():
    assert erlang_a(Load(0.0001, 60, 2000, 20, 120)).answered_in == 1
    assert erlang_b(0.01, 500) == pytest.approx(0)


def test_patience_is_the_total_wait_divided_by_the_abandoned_calls():
    vector = VECTORS["erlang_a"][0]
    of_all = vector["EW"]
    assert patience(1 - vector["Pab"], of_all, vector["Pab"], of_all) == pytest.approx(300)
    assert patience(100, 20, 0, 0) is None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("agents -6", (0.2333333, 360, 86)),
        ("agents −6", (0.2333333, 360, 86)),
        ("agents 80", (0.2333333, 360, 80)),
        ("aht +25%", (0.2333333, 450, 92)),
        ("aht -10 %", (0.2333333, 324, 92)),
        ("AHT 7 min", (0.2333333, 420, 92)),
        ("volume x1.4", (0.3266667, 360, 92)),
        ("volume ×1,4", (0.3266667, 360, 92)),
        ("volume +90", (0.2833333, 360, 92)),
        ("calls 210", (0.1166667, 360, 92)),
        ("volume 1,204", (0.6688889, 360, 92)),
        ("volume +1.800", (1.2333333, 360, 92)),
        ("volume x1.125", (0.2625, 360, 92)),
        ("agents -6, aht +25%", (0.2333333, 450, 86)),
        ("agents -6 and volume x1.4", (0.3266667, 360, 86)),
        ("agents -6 volume x1.4 handle time +25%", (0.3266667, 450, 86)),
    ],
)
def test_levers_are_read_as_people_write_them(typed, expected):
    load = changed(CLIFF, read_levers(typed), 1800)
    assert (load.arrivals_per_s, load.aht_s, load.agents) == pytest.approx(expected, rel=1e-5)


def test_an_outage_is_read_in_minutes():
    assert outage_minutes(read_levers("outage 45 min")) == 45
    assert outage_minutes(read_levers("outage 1.5 h, agents -2")) == 90
    assert changed(CLIFF, read_levers("outage 45 min"), 1800) == CLIFF


@pytest.mark.parametrize(
    "typed",
    ["", "coffee -6", "agents six", "agents -6 min", "outage x2", "outage 0 min", "outage 5%", "agents -6%%"],
)
def test_text_that_is_no_lever_is_refused_with_an_example(typed):
    with pytest.raises(UnknownLever, match="Write `agents -6`"):
        read_levers(typed)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("outage 25 h", "With `outage 25 h` there would be an outage of more than a day."),
        ("agents -93", "With `agents -93` there would be -1 agents."),
        ("agents +100000", "With `agents +100000` there would be 100092 agents."),
        ("aht -400 s", "With `aht -400` there would be a handle time of -40 s."),
        ("volume x0", "With `volume x0` there would be 0 contacts."),
        ("calls 2000000", "With `volume 2000000` there would be 2000000 contacts."),
    ],
)
def test_an_impossible_change_is_refused_with_what_it_would_be(typed, sentence):
    changed(CLIFF, read_levers("outage 24 h, agents 0, volume 1000000"), 1800)
    with pytest.raises(LeverImpossible) as refused:
        changed(CLIFF, read_levers(typed), 1800)
    assert refused.value.sentence == f"{sentence} Please choose a smaller change."


def test_the_contacts_and_the_handle_time_are_reduced_by_no_more_than_is_needed():
    for agents in (76, 80, 82):
        short = replace(CLIFF, agents=agents)
        shares = {way.name: way.share for way in remedies(answer(short, 0.8, OFFERED), 0.8, OFFERED)}
        assert shares["overflow"] == shares["message"]
        for share, name in ((shares["aht"], "aht_s"), (shares["overflow"], "arrivals_per_s")):
            levels = [
                erlang_a(replace(short, **{name: getattr(short, name) * (1 - cut)})).answered_in
                for cut in (share - 0.01, share)
            ]
            assert levels[0] < 0.8 <= levels[1]
    nobody = remedies(answer(replace(CLIFF, agents=0), 0.8, OFFERED), 0.8, OFFERED)
    assert [way.name for way in nobody] == ["flex", "overtime"], "nobody answers fewer contacts either"


@pytest.mark.parametrize("typed", ["agents -93", "aht -400 s", "volume x0", "agents 9999999"])
def test_a_lever_that_leaves_nothing_is_refused(typed):
    with pytest.raises(LeverImpossible, match="smaller change"):
        changed(CLIFF, read_levers(typed), 1800)


def test_remedies_begin_with_what_is_free_and_reach_the_target():
    short = replace(CLIFF, agents=80)
    ways = remedies(answer(short, 0.8, OFFERED), 0.8, OFFERED)
    assert [way.name for way in ways] == ["off-phone", "flex", "aht", "overtime", "overflow", "message"]
    assert erlang_a(replace(short, agents=80 + ways[0].agents)).answered_in >= 0.8
    assert erlang_a(replace(short, aht_s=360 * (1 - ways[2].share))).answered_in >= 0.8
    assert remedies(answer(CLIFF, 0.8, OFFERED), 0.8, OFFERED) == []
    stripped = remedies(answer(replace(CLIFF, agents=40), 0.8, OFFERED), 0.8, OFFERED)
    assert [way.name for way in stripped] == ["flex", "overtime", "overflow", "message"], "nobody has 50 on a break"


@pytest.mark.parametrize(
    ("typed", "queue", "changes"),
    [
        ("Billing: agents -6", "Billing", " agents -6"),
        ("Billing agents -6, aht +25%", "Billing", "agents -6, aht +25%"),
        ("Agents' desk agents -6", "Agents' desk", "agents -6"),
        ("agents -6", "", "agents -6"),
        ("banana", "", "banana"),
    ],
)
def test_a_queue_may_be_named_before_the_changes_with_or_without_a_colon(typed, queue, changes):
    assert split_queue(typed) == (queue, changes)
