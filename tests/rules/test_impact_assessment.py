"""The effect of an incident on its queues, against a forecast or the usual, and the sentences that say so."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from bot.impact import views
from bot.impact.figure_wording import LANGUAGES, notes
from bot.impact.gathering import Origin
from bot.impact.rules.assessing import assess
from bot.impact.rules.assessment import Assessment, Goal, Past, QueueFacts, Window
from bot.impact.rules.baseline import WEEK_S
from bot.impact.rules.figures import Figures, ServiceLevel
from bot.impact.rules.intervals import QueueInterval, recent_starts
from bot.impact.rules.lengths import by_length, merged
from bot.impact.rules.outlook import Outlook, outlook
from bot.impact.rules.recovery import back_at
from bot.impact.sentences import cost_text, sentences
from bot.slack.blocks import Message

HALF_HOUR = 1800
START = 50 * WEEK_S
WINDOW = Window(day=START - 4 * HALF_HOUR, start=START + 60, end=START + 2 * HALF_HOUR, until=START + 4 * HALF_HOUR)
BILLING = QueueFacts(1, "Billing", "Billing", "Manila", "Northline", Goal())
CHAT = QueueFacts(2, "Chat <b>", "Chat", "Cebu", "", Goal(ServiceLevel.OF_ANSWERED, 60, 0.9))


def figures_screen(*facts: Any, **more: Any) -> Message:
    return views.figures_screen(*facts, now=datetime(2026, 11, 26, 10, 30, tzinfo=UTC), **more)


def quiet(place: int, queue: int = 1, **known: float) -> QueueInterval:
    figures = {"offered": 100, "answered": 96, "answered_in": 90, "abandoned": 4, "asa_s": 10, "aht_s": 300} | known
    return QueueInterval(queue, START + place * HALF_HOUR, HALF_HOUR, Figures(**figures))


def assessment_of_an_outage(*, forecast: float | None = 100, past: Past | None = None) -> Assessment:
    """Assess two half-hours of an incident with few calls and much abandonment, then two with returning callers."""
    planned: dict[str, Any] = {} if forecast is None else {"forecast_offered": forecast}
    hit: dict[str, Any] = {"offered": 60, "answered": 40, "answered_in": 20, "abandoned": 20, "asa_s": 70}
    billing = [
        *(quiet(place, **planned) for place in (-4, -3, -2, -1)),
        *(quiet(place, **hit, **planned) for place in (0, 1)),
        *(quiet(place, offered=110, **planned) for place in (2, 3)),
        QueueInterval(1, START + 4 * HALF_HOUR, HALF_HOUR, Figures(**planned)),
    ]
    chat = [quiet(0, 2, agents=10, forecast_offered=100)]
    usual = Past({}, abandonment=0.05, asa_s=10, aht_s=300)
    return assess([BILLING, CHAT], {1: billing, 2: chat}, {1: past or usual}, WINDOW, lambda moment: moment)


def test_contacts_that_stay_away_come_back_or_give_up_are_counted_against_the_forecast() -> None:
    assessment = assessment_of_an_outage()
    billing = assessment.queues[0]
    assert billing.title == "Billing"
    cost = billing.losses
    assert (cost.suppressed.amount, cost.returned) == (80, 20)
    assert cost.excess_abandons.amount == pytest.approx(2 * (20 - 0.05 * 60) + 2 * (4 - 0.05 * 110))
    assert cost.contacts_lost == pytest.approx(80 - 20 + 31)
    assert cost.excess_wait_min.amount == pytest.approx(2 * 40 * 60 / 60)
    assert (assessment.forecast_intervals, assessment.expected_intervals) == (3, 3)
    # An interval that is only planned has not happened.
    assert billing.since.intervals == 2
    assert assessment.points_lost is not None
    assert assessment.points_lost > 5


@pytest.mark.parametrize(
    ("levels", "place"),
    [
        ([0.9, 0.5, 0.8, 0.9, 0.9], 2),
        ([0.5, 0.8, 0.5, 0.8, 0.8], 3),
        ([0.5, None, 0.8, None, 0.9], 2),
        ([0.9, 0.9], None),
        ([0.5, 0.9], None),
        ([0.9, 0.9, 0.5], None),
        ([], None),
    ],
)
def test_a_queue_is_back_with_the_first_of_two_intervals_at_its_goal(
    levels: list[float | None], place: int | None
) -> None:
    assert back_at(list(enumerate(levels)), 0.8) == place


def test_the_cost_names_how_long_it_took_until_a_queue_was_back_at_its_goal() -> None:
    assessment = assessment_of_an_outage()

    assert "Service level back at the goal after: Billing 59 min" in cost_text(assessment)
    assert notes(assessment, LANGUAGES["es"], "UTC")[1].endswith("de nuevo en el objetivo tras: Billing 59 min.")
    assert "back at the goal" not in notes(replace(assessment, queues=()), LANGUAGES["en"], "UTC")[1]


def test_each_queue_has_its_own_formula_and_the_whole_says_so() -> None:
    assessment = assessment_of_an_outage()
    assert {group.title: group.since.service_level.value for group in assessment.queues} == {
        "Billing": pytest.approx(20 / 60),
        "Chat <b>": pytest.approx(90 / 96),
    }
    assert assessment.whole.goal is None
    assert assessment.whole.since.service_level.value == pytest.approx((40 + 90) / (120 + 96))
    assert [(group.title, group.since.offered.value) for group in assessment.sites] == [
        ("Cebu", 100),
        ("Manila", 120),
    ]
    assert [group.title for group in assessment.partners] == ["Northline"]
    # The last interval is Billing's alone: Chat's figures are older, and so are its agents.
    assert (assessment.whole.latest_at, assessment.whole.now.offered.value) == (START + HALF_HOUR, 60)
    assert assessment.whole.agents is None


def test_the_usual_of_four_weeks_at_the_days_level_is_expected_without_a_forecast() -> None:
    offered = {
        START + place * HALF_HOUR - week * WEEK_S: 100.0 + week for week in (1, 2, 3, 4) for place in range(-6, 8)
    }
    assessment = assessment_of_an_outage(forecast=None, past=Past({HALF_HOUR: offered}, abandonment=0.05))
    assert assessment.forecast_intervals == 1  # of Chat
    # Before the incident 100 came where 102.5 were usual: the level is a little under 1.
    assert assessment.queues[0].against_expected.denominator == pytest.approx(2 * 102.5, rel=0.03)
    assert assessment.queues[0].against_expected.denominator < 2 * 102.5
    assert assessment.queues[0].losses.excess_wait_min.known == 0


def test_the_day_so_far_sets_the_level_that_is_expected_of_its_next_intervals() -> None:
    usual = {START + place * HALF_HOUR - week * WEEK_S: 100.0 for week in (1, 2) for place in range(-6, 8)}
    # A fifth more came than usual. What was only staffed, and not counted, says nothing of the level.
    staffed = QueueInterval(1, START - 4 * HALF_HOUR, HALF_HOUR, Figures(agents=9))
    day = [quiet(-7), staffed, *(quiet(place, offered=120) for place in (-3, -2, -1, 0)), quiet(1, offered=120)]
    past = {1: Past({HALF_HOUR: usual})}
    assessment = assess([BILLING], {1: day}, past, WINDOW, lambda moment: moment)
    # Three intervals before the incident weigh 3 / (3 + 2); nothing is usual at the time of the first.
    assert assessment.whole.against_expected.denominator == pytest.approx(2 * 100 * (1 + 3 / 5 * 0.2), rel=0.01)
    last = assessment.points[-1]
    assert (last.expected, last.low, last.high) == pytest.approx((112, 112, 112), rel=0.01)

    planned = [quiet(0, offered=120, forecast_offered=90), quiet(1, offered=120, forecast_offered=90)]
    with_forecast = assess([BILLING], {1: planned}, past, WINDOW, lambda moment: moment)
    assert with_forecast.whole.against_expected.denominator == 180, "a forecast counts before what is usual"

    running = [quiet(0, offered=50), quiet(1, offered=25)._replace(reported_after_s=HALF_HOUR // 4)]
    part = assess([BILLING], {1: running}, past, WINDOW, lambda moment: moment)
    assert part.whole.against_expected.denominator == 100 + 100 / 4
    assert part.whole.losses.suppressed.amount == 50


def test_the_time_a_call_takes_is_compared_with_its_forecast_else_with_the_usual() -> None:
    slow = [quiet(0, aht_s=360, answered=100), quiet(1, aht_s=360, answered=100, forecast_aht_s=350)]
    assessment = assess([BILLING], {1: slow}, {1: Past(aht_s=300)}, WINDOW, lambda moment: moment)
    assert assessment.whole.losses.excess_handle_h.amount == pytest.approx(100 * (60 + 10) / 3600)


def test_intervals_that_touch_the_incident_do_not_belong_to_it_and_later_ones_only_to_its_recovery() -> None:
    window = Window(day=START, start=START, end=START + HALF_HOUR, until=START + 2 * HALF_HOUR)
    day = [quiet(place, offered=offered, forecast_offered=100) for place, offered in ((-1, 10), (0, 60), (1, 130))]
    day.append(quiet(2, offered=500, forecast_offered=100))
    assessment = assess([BILLING], {1: day}, {}, window, lambda moment: moment)
    assert assessment.whole.since.offered.value == 60
    assert [point.is_incident for point in assessment.points] == [False, True, False, False]
    cost = assessment.whole.losses
    assert (cost.suppressed.amount, cost.rebound.amount) == (40, 30)
    # Warnings are about the incident; what comes afterwards only shows when the queue is back.
    assert [at for at, _ in assessment.queues[0].levels] == [START]


def test_a_queue_of_which_only_the_plan_is_known_is_not_called_affected() -> None:
    planned = [QueueInterval(2, START, HALF_HOUR, Figures(forecast_offered=100))]
    assessment = assess([BILLING, CHAT], {1: [quiet(0)], 2: planned}, {}, WINDOW, lambda moment: moment)
    assert [group.title for group in assessment.queues] == ["Billing"]
    assert [group.title for group in assessment.sites] == ["Manila"]


def test_the_whole_has_the_people_and_the_longest_wait_of_the_queues_that_are_newest() -> None:
    staff = {"agents": 10, "agents_scheduled": 12, "agents_available": 8}
    series = {
        1: [quiet(0, oldest_s=900), quiet(1, oldest_s=60, **staff)._replace(reported_after_s=600)],
        2: [quiet(1, 2, oldest_s=240, **staff)._replace(reported_after_s=1200)],
    }
    whole = assess([BILLING, CHAT], series, {}, WINDOW, lambda moment: moment).whole
    assert (whole.agents, whole.agents_scheduled, whole.agents_available, whole.oldest_s) == (20, 24, 16, 240)
    assert whole.latest_passed_s == 600, "the least that all of them have reported"
    series = {1: [quiet(1, **staff)], 2: [quiet(0, 2), quiet(1, 2, agents=0)]}
    mixed = assess([BILLING, CHAT], series, {}, WINDOW, lambda moment: moment)
    assert (mixed.whole.agents, mixed.whole.agents_scheduled) == (10, None), "nobody is not the same as unknown"
    assert [point.agents for point in mixed.points] == [None, 10]


def test_the_queue_that_lost_most_comes_first() -> None:
    def worst_first(series: dict[int, list[QueueInterval]]) -> list[str]:
        past = dict.fromkeys(series, Past(abandonment=0.04))
        return [
            group.title for group in assess([BILLING, CHAT], series, past, WINDOW, lambda moment: moment).queues
        ]

    lost = quiet(0, 2, offered=40, answered=40, answered_in=40, abandoned=0, forecast_offered=100)
    late = quiet(0, answered_in=20, forecast_offered=100)
    assert worst_first({1: [late], 2: [lost]}) == ["Chat <b>", "Billing"]
    # Where it is not known what would have come, those that were answered too late count.
    late_chat = quiet(0, 2, answered_in=20)
    assert worst_first({1: [quiet(0, answered_in=60)], 2: [late_chat]}) == ["Chat <b>", "Billing"]


def test_nothing_is_expected_where_nothing_is_known() -> None:
    assessment = assessment_of_an_outage(forecast=None, past=Past())
    assert {group.title: group.losses.contacts_lost for group in assessment.queues}["Billing"] is None
    first = assessment.points[0]
    assert (first.expected, first.low, first.high) == (None, None, None)
    nothing = assess([BILLING], {}, {}, WINDOW, lambda moment: moment)
    assert not nothing.is_known
    assert sentences(nothing, "en") == {}


def test_the_sentences_name_the_goal_and_the_source_and_escape_text_from_files() -> None:
    english, spanish = (sentences(assessment_of_an_outage(), language) for language in ("en", "es"))
    assert english["line"] == (
        "service level 60.2 % · about 91 contacts lost · 220 contacts (−27 % against the forecast)"
    )
    assert english["operations"].splitlines()[1:] == [
        "• Billing: service level 33.3 % (goal 80 %), 33.3 % abandoned",
        "• Chat &lt;b&gt;: service level 93.8 % (goal 90 %), 4 % abandoned",
    ]
    assert spanish["executives"].startswith("Unos 91 contactos perdidos; nivel de servicio 60,2 %")


def test_contacts_are_compared_only_where_it_is_known_how_many_were_expected() -> None:
    series = {1: [quiet(0, offered=95, forecast_offered=100)], 2: [quiet(0, 2, offered=300)]}
    assessment = assess([BILLING, CHAT], series, {}, WINDOW, lambda moment: moment)
    screen = str(figures_screen(1, assessment, None)[1])
    assert "offered 395 (−5 % of 100, known for 1 of 2 intervals) · ASA" in screen
    assert "offered 395 (−5 % of 100 expected, known for 1 of 2 intervals) · answered" in screen
    english, spanish = (sentences(assessment, language)["line"] for language in ("en", "es"))
    assert english.endswith("395 contacts (−5 % against the forecast, where it is known)")
    assert spanish.endswith("395 contactos (−5 % respecto a lo previsto, donde se conoce)")
    assert "Expected: forecast, where it is known." in notes(assessment, LANGUAGES["en"], "UTC")[0]


def test_nothing_is_called_a_forecast_where_there_is_none() -> None:
    assessment = assess([BILLING], {1: [quiet(0)]}, {}, WINDOW, lambda moment: moment)
    assert "Expected: not known." in notes(assessment, LANGUAGES["en"], "UTC")[0]
    assert "Lo esperado: no se conoce." in notes(assessment, LANGUAGES["es"], "UTC")[0]


def test_the_sentences_say_whose_figures_they_are_where_the_incident_names_no_place() -> None:
    whole_floor = replace(assessment_of_an_outage(), is_whole_floor=True)
    assert sentences(whole_floor, "en")["line"].endswith(" against the forecast) · figures of all queues")
    assert sentences(whole_floor, "es")["executives"].endswith("; cifras de todas las colas.")
    one_queue = replace(whole_floor, queues=whole_floor.queues[1:])
    assert sentences(one_queue, "en")["executives"].endswith("; figures of Chat &lt;b&gt;.")


def test_unknown_parts_of_the_contacts_lost_are_not_shown_as_zero() -> None:
    assessment = assessment_of_an_outage(past=Past())
    without_weeks = str(figures_screen(1, assessment, None)[1])
    parts = "80 did not come − 20 came back; 44 gave up; the usual number is not known"
    assert f"Contacts lost, without a total: {parts}" in without_weeks
    assert "Short of the goal, answered too late or not at all: 56" in without_weeks
    assert sentences(assessment, "en")["executives"].startswith("44 contacts gave up; service level 60.2 %")
    assert notes(assessment, LANGUAGES["es"], "UTC")[1].startswith(
        "Contactos perdidos, sin total: 80 no llegaron, 20 volvieron, 44 abandonaron; no se conoce el número "
    )
    assert "gave up beyond the usual (upper bound)" in str(figures_screen(1, assessment_of_an_outage(), None)[1])


def test_a_percentage_that_a_report_brought_is_shown_apart_for_a_queue_and_never_for_several() -> None:
    series = {queue: [quiet(0, queue, imported_service_level=0.713)] for queue in (1, 2)}
    several = str(figures_screen(1, assess([BILLING, CHAT], series, {}, WINDOW, lambda moment: moment), None)[1])
    assert "Service level *91.8 %* · offered" in several
    assert "• *Billing* SL 90 %, 71.3 % in the last interval as imported" in several
    alone = str(figures_screen(1, assess([BILLING], series, {}, WINDOW, lambda moment: moment), None)[1])
    assert "Service level *90 %* (goal 80 %), 71.3 % in the last interval as imported" in alone


def test_every_queue_is_on_a_page_and_queues_that_are_not_counted_are_named() -> None:
    queues = [QueueFacts(place, f"Queue {place}", "", f"Site {place}", "", Goal()) for place in range(20)]
    series = {queue.id: [quiet(0, queue.id)] for queue in queues}
    assessment = assess(queues, series, {}, replace(WINDOW, is_cut=True), lambda moment: moment)
    screens = [str(figures_screen(1, assessment, None, None, page)[1]) for page in (1, 2, 3, 4)]
    assert screens[2] != screens[1] != screens[0] != screens[2]
    assert all(any(f"Queue {place}*" in screen for screen in screens) for place in range(20))
    assert all(any(f"Site {place}*" in screen for screen in screens) for place in range(20))
    assert "Page 1 of 3, 20 in all · `/incident figures 2` shows page 2" in screens[0]
    assert "Only its first seven days are counted." in screens[0]


def where_from(*origins: Origin) -> list[str]:
    """Return what a screen of two queues says about the origin of its figures; times by the clock of UTC."""
    shown = str(figures_screen(1, assessment_of_an_outage(), None, origins=origins)[1][-2]["elements"][0]["text"])
    return re.sub(r"<!date[^|]*\|([^>]*) UTC>", r"\1", shown).splitlines()[1:]


def test_each_figure_names_its_origin_its_time_and_its_corrections() -> None:
    nine, ten = datetime(2026, 11, 26, 9, 0, tzinfo=UTC), datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
    both, chat = {"Billing", "Chat <b>"}, {"Chat <b>"}
    assert where_from(Origin("acd.csv", "U1", nine, both)) == ["• acd.csv by <@U1>, 09:00"]
    assert where_from(Origin("acd.csv", "U1", ten, both, both, ten)) == ["• acd.csv by <@U1>, corrected at 10:00"]
    assert where_from(Origin("genesys", "", ten, both, chat, nine), Origin("form", "U2", nine, chat)) == [
        "• genesys, 10:00: all queues; Chat &lt;b&gt; corrected at 09:00",
        "• the form by <@U2>, 09:00: Chat &lt;b&gt;",
    ]
    assert where_from(Origin("", "", nine, chat, chat, nine)) == [
        "• another incident, corrected at 09:00: Chat &lt;b&gt;"
    ]
    assert where_from(*[Origin(f"{at}.csv", "", nine, both) for at in range(7)])[-1] == "• 2 earlier"
    yesterday = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    assert where_from(Origin("acd.csv", "", yesterday, both)) == ["• acd.csv, 2026-11-25 09:00"]


def test_the_outlook_counts_from_the_last_whole_interval_and_says_what_it_assumes() -> None:
    hit = quiet(0, answered=40, answered_in=20, abandoned=40, agents=20, asa_s=200)
    plan = [
        QueueInterval(1, START + place * HALF_HOUR, HALF_HOUR, Figures(forecast_offered=100, forecast_agents=24))
        for place in range(1, 25)
    ]
    ahead = outlook(BILLING, [hit, *plan], Past(), lambda moment: moment)
    assert ahead is not None
    assert (ahead.contacts, ahead.agents) == ("forecast", 24)
    assert ahead.service_level_at == START + HALF_HOUR
    assert ahead.backlog_at == START + HALF_HOUR

    without_plan = outlook(BILLING, [hit], Past(), lambda moment: moment)
    assert without_plan is not None
    assert (without_plan.contacts, without_plan.agents) == ("now", 20)
    short = outlook(BILLING, [hit._replace(figures=hit.figures._replace(agents=12))], Past(), lambda moment: moment)
    assert short is not None
    assert short.service_level_at is None
    assert outlook(BILLING, [quiet(0, agents=30)], Past(), lambda moment: moment) is None
    assert outlook(BILLING, [quiet(0)], Past(), lambda moment: moment) is None


QUARTER = 900


def row(starts_at: int, import_id: int, length_s: int, **figures: float) -> tuple[Any, ...]:
    """A stored row, as the query returns it."""
    return (1, starts_at, import_id, length_s, *Figures(**figures))


def assessed(*rows: tuple[Any, ...], past: Past | None = None) -> Assessment:
    """Assess rows of Billing, as several imports brought them."""
    intervals = list(merged(sorted(rows, key=lambda each: (each[1], each[2]))))
    return assess([BILLING], {1: intervals}, {1: past or Past()}, WINDOW, lambda moment: moment)


def quarters(count: int, import_id: int = 2, **figures: float) -> list[tuple[Any, ...]]:
    return [row(START + place * QUARTER, import_id, QUARTER, **figures) for place in range(count)]


def test_a_recovery_that_is_not_in_sight_is_said_so() -> None:
    ahead = Outlook("Billing", None, START, 5, "usual")
    screen = str(figures_screen(1, assessment_of_an_outage(), None, ahead)[1])
    assert "Service level not back within twelve hours: these agents are too few." in screen
    assert "backlog" not in screen, "what is usual under overload is no recovery"


def test_an_interval_that_was_reported_while_it_ran_is_compared_with_the_part_that_had_passed() -> None:
    visible_at = {1: START + 2 * HALF_HOUR, 2: START + HALF_HOUR + 600}
    rows = [
        row(START, 1, HALF_HOUR, offered=90, answered=80, aht_s=300, agents=20, forecast_offered=120),
        row(START + HALF_HOUR, 2, HALF_HOUR, offered=30, answered=30, aht_s=300, agents=20, forecast_offered=120),
    ]
    intervals = [each.reported(visible_at) for each in merged(rows)]
    assert [each.passed_s for each in intervals] == [HALF_HOUR, 600]
    assessment = assess([BILLING], {1: intervals}, {}, WINDOW, lambda moment: moment)
    assert assessment.whole.losses.suppressed.amount == 30 + 10
    assert assessment.whole.now.occupancy_of_staffed.value == pytest.approx(30 * 300 / (20 * 600))
    screen = str(figures_screen(1, assessment, None)[1])
    assert "only its first 10 min" in screen
    assert "offered 30 (−25 % of 40)" in screen
    assert "offered 120 (−25 % of 160 expected)" in screen

    low = [each._replace(figures=each.figures._replace(answered_in=20)) for each in intervals]
    ahead = outlook(BILLING, low, Past(), lambda moment: moment)
    assert ahead is not None
    assert ahead.backlog_at == START + HALF_HOUR, "it counts from the interval that was over"


def test_a_forecast_moves_to_the_length_of_the_intervals_that_came() -> None:
    halves = [row(START + place * HALF_HOUR, 1, HALF_HOUR, forecast_offered=200) for place in range(4)]
    assessment = assessed(*halves, *quarters(4, offered=100, abandoned=0))
    group = assessment.whole
    assert (group.since.offered.value, group.against_expected.denominator, group.losses.suppressed.amount) == (
        400,
        400,
        0,
    )
    assert group.since.against_forecast.denominator == 400
    # What is still to come is planned by quarters, too.
    assert [point.expected for point in assessment.points] == [100] * 8

    hour = [row(START, 1, HALF_HOUR, offered=150), row(START + HALF_HOUR, 1, HALF_HOUR, offered=150)]
    hour_by_quarters = assessed(*quarters(4, forecast_offered=75, forecast_agents=30), *hour)
    assert (hour_by_quarters.whole.against_expected.denominator, hour_by_quarters.whole.agents_planned) == (300, 30)


def test_an_interval_that_a_later_import_covers_counts_once_and_the_screen_names_it() -> None:
    typed = row(START, 3, HALF_HOUR, offered=210)
    assessment = assessed(*quarters(2, offered=100, agents=9, agents_scheduled=10), typed)
    assert assessment.whole.since.offered.value == 210
    assert assessment.whole.agents == 9, "agents are an average, so they move to the longer interval"
    assert "later import covers the same time: Billing 2 × 15 min." in str(figures_screen(1, assessment, None)[1])

    earlier = row(START, 1, HALF_HOUR, offered=210)
    assert assessed(*quarters(2, offered=100), earlier).whole.since.offered.value == 200
    day = row(START, 9, 24 * 3600, offered=4_000)
    assert assessed(*quarters(2, offered=100), day).whole.since.offered.value == 200, "a day hides no interval"
    whole_day = list(merged([day, *quarters(2, offered=100)], prefers_days=True))
    assert [interval.figures.offered for interval in whole_day] == [4_000], "a report counts the day once"


def test_what_is_usual_is_known_for_intervals_of_another_length() -> None:
    history = [
        (START + place * HALF_HOUR - week * WEEK_S, HALF_HOUR, 200.0)
        for week in (1, 2, 3)
        for place in range(-9, 9)
    ]
    past = Past(by_length({QUARTER}, history))
    assert assessed(*quarters(4, offered=100), past=past).whole.against_expected.denominator == pytest.approx(400)
    hours = by_length({3600, HALF_HOUR}, history)
    assert hours[3600][START - WEEK_S] == 400
    assert hours[HALF_HOUR][START - WEEK_S] == 200


@pytest.mark.parametrize(
    ("zone", "interval_s", "last", "first"),
    [
        ("Asia/Kolkata", 3600, None, "13:00"),
        ("Asia/Kathmandu", HALF_HOUR, None, "14:30"),
        ("Europe/Madrid", HALF_HOUR, None, "09:30"),
        ("Europe/Madrid", 3600, datetime(2026, 11, 26, 7, 15, tzinfo=UTC), "09:15"),
    ],
)
def test_a_form_offers_intervals_that_follow_on_from_the_last_or_begin_with_the_local_hour(
    zone: str, interval_s: int, last: datetime | None, first: str
) -> None:
    now = datetime(2026, 11, 26, 9, 19, tzinfo=UTC)
    starts = recent_starts(now.astimezone(ZoneInfo(zone)), interval_s, int(last.timestamp()) if last else None)
    assert f"{starts[0]:%H:%M}" == first
    assert len(set(starts)) == 24
