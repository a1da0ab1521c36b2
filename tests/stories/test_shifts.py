"""A follow-the-sun floor in three regions while Europe's clocks go back: people on shift, open shifts and
their takers, and handovers from one shift to the next."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.handovers import ids as handover_ids
from bot.impact.importing import Source, import_rows
from bot.impact.reading.rows import QueueName, ReadRow
from bot.impact.rules.figures import NAMES, Figures
from bot.incidents import ids as incident_ids
from bot.runtime.clock import utcnow
from bot.shifts import ids as shift_ids
from bot.shifts import offers, rosters, swap_tables, swaps
from slack_sandbox.errors import NothingToClick
from tests.clock import STARTS_AT, workday_clock
from tests.floor import TestFloor
from tests.stories.record import rows

SHIFTS = """
shifts:
  roles: {gqm: Global queue manager, agent: Agent}
  contact: gqm
  channel: "#operations"
  rosters: [{name: Follow the sun, file: roster.ics}]
  needs: [{role: gqm}, {role: agent, site: Manila, queues: ["Billing*"], shrinkage: 30 %}]
  managers: ["@farah"]
  fallback: ["@devi"]
  handover: {call: "https://meet.example.com/handover"}
"""
ENTRY = """BEGIN:VEVENT
UID:{name}@example
SUMMARY:GQM {region} {name}@example.com
DTSTART;TZID={zone}:{first:%Y%m%d}T{start}
DTEND;TZID={zone}:{first:%Y%m%d}T{end}
RRULE:FREQ=DAILY
END:VEVENT
"""


def sunday_of_change(now: datetime) -> datetime:
    """The next last Sunday of October, when Europe's clocks go back; America's follow a week later."""
    for year in (now.year, now.year + 1):
        day = datetime(year, 10, 31, tzinfo=UTC)
        day -= timedelta(days=(day.weekday() + 1) % 7)
        if day - timedelta(days=3) > now:
            return day
    raise AssertionError("there is one every year")


def roster(first: datetime, ends_in_london: str = "160000", agents: int = 0) -> str:
    people = (
        ("ana", "APAC", "Asia/Manila", "080000", "160000"),
        ("ben", "EMEA", "Europe/London", "080000", ends_in_london),
        ("erik", "AMER", "America/New_York", "110000", "190000"),
    )
    entries = [
        ENTRY.format(name=name, region=region, zone=zone, first=first, start=start, end=end)
        for name, region, zone, start, end in people
    ]
    times = {"zone": "Asia/Manila", "start": "080000", "end": "160000"}
    for number in range(agents):
        entry = ENTRY.format(name=f"agent{number}", region="APAC", first=first, **times)
        entries.append(entry.replace("GQM", "AGENT").replace("END:", "LOCATION:Manila\nEND:"))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{''.join(entries)}END:VCALENDAR\n"


class Sun:
    """The floor and the moments of its days."""

    def __init__(self, floor: TestFloor, folder: Path, sunday: datetime) -> None:
        self.floor, self.folder, self.sunday = floor, folder, sunday

    def writes(self, text: str) -> None:
        (self.folder / "roster.ics").write_text(text.replace("\n", "\r\n"))

    def reads(self) -> None:
        rosters.read_all(self.floor.services)
        self.floor.tick()
        self.floor.tick()

    def at(self, moment: datetime) -> None:
        self.floor.passes(seconds=(moment - utcnow()).total_seconds())
        self.floor.tick()

    def on(self, days: int, hour: int, minute: int = 0) -> datetime:
        """A moment in UTC, counted in days from the Sunday."""
        return self.sunday + timedelta(days=days, hours=hour, minutes=minute)

    def direct_texts(self, who: str) -> list[str]:
        return self.floor.direct_texts(who)

    def speaks(self, user_id: str, locale: str) -> None:
        """Switch a person to another language in Slack."""
        workspace = self.floor.sandbox.workspace
        workspace.speak(workspace.users[user_id], locale)
        self.floor.settle()

    def contact(self) -> str:
        (pinned,) = [m for m in self.floor.ana.sees("operations") if "Point of contact now" in m.visible_text]
        return pinned.visible_text.partition("Next")[0]


@pytest.fixture
def sun(tmp_path: Path) -> Iterator[Sun]:
    shipped = Path("floor.yaml").read_text()
    (tmp_path / "floor.yaml").write_text(f"{shipped}\n{SHIFTS}")
    sunday = sunday_of_change(STARTS_AT)
    # The floor opens 36 hours before the Sunday, with its roster in place.
    workday_clock(tmp_path, sunday - timedelta(hours=36))
    (tmp_path / "roster.ics").write_text(roster(sunday - timedelta(days=4)).replace("\n", "\r\n"))
    with TestFloor(tmp_path, floor_file=tmp_path / "floor.yaml") as floor:
        sun = Sun(floor, tmp_path, sunday)
        sun.reads()
        yield sun
        floor.nothing_was_malformed()


def test_the_point_of_contact_is_pinned_and_open_shifts_are_found_announced_taken_and_escalated(sun: Sun) -> None:
    floor = sun.floor
    assert "<@U0BEN> (EMEA) until" in sun.contact()
    pinned = [row for row in rows(floor, "outbox") if row["kind"] == "contact"]
    assert "<@U0ERIK>" in floor.says("ana", "/incident oncall gqm AMER at tomorrow 03:00")
    assert "neither a role nor a region" in floor.says("ana", "/incident oncall nobody")

    # New York's summer shift ends at 23:00 UTC, Manila's begins at 00:00: one hour of each night is uncovered.
    for who in ("ana", "ben", "erik"):
        messages = [words for words in sun.direct_texts(who) if "Nobody is on as Global queue manager" in words]
        assert len(messages) == 2, "the two nights of the 48 hours ahead"
    floor.passes(minutes=30)
    assert len([words for words in sun.direct_texts("ben") if "Nobody is on" in words]) == 2

    floor.ben.clicks(shift_ids.TAKE)
    floor.settle()
    floor.tick()
    filled_row = next(row for row in rows(floor, "open_times") if row["state"] == "filled")
    assert filled_row["filled_by"] == "U0BEN"
    assert any("<@U0BEN> took it" in words for words in sun.direct_texts("ana")), (
        "the others are told that it is taken"
    )
    assert sun.direct_texts("farah") == []

    sun.at(sun.on(-2, 14, 30))
    assert "<@U0BEN>" in sun.contact()
    sun.at(sun.on(-2, 15))
    assert "<@U0ERIK> (AMER) until" in sun.contact()
    assert [row["ts"] for row in rows(floor, "outbox") if row["kind"] == "contact"] == [pinned[0]["ts"]], "edited"

    # Four hours before the other night's uncovered hour, somebody else is told.
    open_row = next(row for row in rows(floor, "open_times") if row["state"] == "open")
    sun.at(datetime.fromisoformat(open_row["starts_at"]).replace(tzinfo=UTC) - timedelta(hours=4))
    assert any("Still open" in words for words in sun.direct_texts("farah"))
    floor.farah.clicks(shift_ids.ASK)
    floor.farah.fills(shift_ids.PERSON, "ana")
    assert floor.farah.submits().closed
    floor.settle()
    assert "asks whether you can take it" in sun.direct_texts("ana")[-1]
    floor.ana.clicks(shift_ids.AGREE)
    floor.settle()
    assert "<@U0ANA> takes it" in sun.direct_texts("farah")[-1]

    # Until Saturday London was on from 07:00 to 15:00 UTC; on Sunday its clock has gone back, New York's has not.
    sun.at(sun.on(0, 7, 30))
    assert "<@U0ANA> (APAC) until" in sun.contact()
    assert "<@U0BEN>" not in sun.contact()
    sun.at(sun.on(0, 8))
    assert "<@U0BEN> (EMEA) until" in sun.contact()
    assert "<@U0ANA>" not in sun.contact()
    sun.at(sun.on(0, 15, 30))
    assert "<@U0BEN> (EMEA) until" in sun.contact(), "until 16:00 UTC"
    assert "<@U0ERIK> (AMER) until" in sun.contact(), "from 15:00 UTC"


def test_without_a_roster_the_managers_are_told_once_that_nobody_is_on(tmp_path: Path) -> None:
    needed = 'shifts: {roles: {gqm: Manager}, needs: [{role: gqm}], managers: ["@farah"]}'
    (tmp_path / "floor.yaml").write_text(f"{Path('floor.yaml').read_text()}\n{needed}\n")
    with TestFloor(tmp_path, floor_file=tmp_path / "floor.yaml") as floor:
        floor.passes(minutes=2)
        floor.tick()
        messages = [message.visible_text for message in floor.sandbox.person("farah").direct_messages()]
        assert ["Nobody is on as Manager" in words for words in messages] == [True], "it is late when it is found"
        floor.farah.clicks(shift_ids.TAKE_PART)
        hours = {each["element"].get("initial_date_time") for each in floor.farah.modal["blocks"][1:]}
        assert max(hours) - min(hours) == 8 * 3600, "a shift is proposed, not two days"
        assert "rostered as Manager" in str(floor.farah.submits().errors)
        floor.nothing_was_malformed()


def test_changes_are_announced_swaps_need_both_people_and_an_absence_opens_a_shift(sun: Sun) -> None:
    floor = sun.floor
    assert not any("Your shifts changed" in words for words in sun.direct_texts("ben")), "all of it was new"
    sun.writes(roster(sun.sunday - timedelta(days=4), ends_in_london="150000"))
    sun.reads()
    assert any("Your shifts changed (roster Follow the sun)" in words for words in sun.direct_texts("ben"))
    assert not any("Your shifts changed" in words for words in sun.direct_texts("erik"))

    answer = floor.says("ben", "/incident oncall mine")
    assert "Your shifts" in answer
    coming_rows = [row for row in rows(floor, "shifts") if row["starts_at"] > f"{sun.on(0, 0):%Y-%m-%d}"]
    shifts = {row["user_id"]: row for row in reversed(coming_rows)}
    floor.ben.clicks(f"{shift_ids.SWAP}.{shifts['U0BEN']['id']}", channel="general")
    floor.ben.fills(shift_ids.OTHER, str(shifts["U0ERIK"]["id"]))
    assert floor.ben.submits().closed
    floor.settle()
    assert [row["user_id"] for row in rows(floor, "shifts") if row["id"] == shifts["U0BEN"]["id"]] == ["U0BEN"]
    floor.erik.clicks(shift_ids.AGREE)
    floor.settle()
    users_by_shift = {row["id"]: row["user_id"] for row in rows(floor, "shifts")}
    assert users_by_shift[shifts["U0BEN"]["id"]] == "U0ERIK"
    assert users_by_shift[shifts["U0ERIK"]["id"]] == "U0BEN"
    sun.reads()
    assert {row["id"]: row["user_id"] for row in rows(floor, "shifts")} == users_by_shift, (
        "the roster leaves the swap as agreed"
    )

    sun.speaks("U0ERIK", "es-MX")
    floor.says("ana", "/incident absence")
    own_ends = [row["ends_at"] for row in rows(floor, "shifts") if row["user_id"] == "U0ANA"]
    ends_at = datetime.fromisoformat(min(each for each in own_ends if each > str(utcnow())))
    ends_s = int(ends_at.replace(tzinfo=UTC).timestamp())
    assert f"'initial_date_time': {ends_s}}}" in str(floor.ana.modal), (
        "until the end of the shift, as it is usually"
    )
    floor.ana.fills(shift_ids.STARTS, int(sun.on(-1, 0).timestamp()))
    floor.ana.fills(shift_ids.ENDS, int(sun.on(-1, 9).timestamp()))
    floor.sandbox.deliver_twice("interactive")
    assert floor.ana.submits().closed
    floor.settle()
    assert len(rows(floor, "absences")) == 1, "also if the form is sent again"
    floor.tick()
    (gap,) = [row for row in rows(floor, "open_times") if row["ends_at"] >= f"{sun.on(-1, 7):%Y-%m-%d %H}"][:1]
    assert gap["starts_at"] == f"{sun.on(-2, 23):%Y-%m-%d %H:%M:%S.%f}", "her shift is part of the night's gap now"
    grown = {who: next(text for text in sun.direct_texts(who) if "<@U0ANA>." in text) for who in ("ben", "erik")}
    assert "I'll take it" in grown["ben"], "people who were asked keep the buttons when the message changes"
    assert "Lo cubro yo" in grown["erik"], "and their language"
    floor.says("ana", "/incident oncall gaps")
    assert "Nobody is on as Global queue manager" in floor.ephemeral("ana", "general")[-1]
    floor.says("erik", "/incident report week")
    floor.tick()
    assert any("📊 *Informe" in words for words in sun.direct_texts("erik")), (
        "the picture and the spreadsheet come by direct message"
    )
    floor.says("farah", "/incident absences export")
    floor.tick()
    assert any("Absences for workforce management" in words for words in sun.direct_texts("farah"))


def test_shifts_and_absences_are_entered_refused_and_withdrawn_and_a_swap_is_declined(sun: Sun) -> None:
    floor = sun.floor
    assert "Only <@U0FARAH> can do that" in floor.says("ana", "/incident shift"), "before a form is filled in"
    floor.says("farah", "/incident shift")
    floor.farah.fills(shift_ids.PERSON, "gus")
    floor.farah.fills(shift_ids.ROLE, "gqm")
    floor.farah.fills(shift_ids.REGION, "EMEA")
    floor.farah.fills(shift_ids.STARTS, int(sun.on(-1, 1).timestamp()))
    floor.farah.fills(shift_ids.ENDS, int(sun.on(-1, 1).timestamp()))
    assert floor.farah.submits().errors, "it ends when it begins"
    floor.farah.fills(shift_ids.ENDS, int(sun.on(-1, 9).timestamp()))
    assert "Gus Guest cannot work a shift" in str(floor.farah.submits().errors)
    floor.farah.fills(shift_ids.PERSON, "chloe")
    count_before = len(rows(floor, "shifts"))
    floor.sandbox.deliver_twice("interactive")
    assert floor.farah.submits().closed, "a form that is sent again is not refused"
    floor.settle()
    assert len(rows(floor, "shifts")) == count_before + 1
    assert "You have a new shift" in sun.direct_texts("chloe")[-1]

    floor.says("chloe", "/incident oncall mine")
    floor.chloe.clicks(shift_ids.ABSENCE, channel="general")
    floor.chloe.fills(shift_ids.STARTS, int(sun.on(-1, 0).timestamp()))
    floor.chloe.fills(shift_ids.ENDS, int(sun.on(-1, 12).timestamp()))
    assert floor.chloe.submits().closed
    floor.settle()
    floor.says("chloe", "/incident oncall mine")
    floor.chloe.clicks(f"{shift_ids.CANCEL_ABSENCE}.1", channel="general")
    floor.settle()
    assert "The absence is taken back" in floor.ephemeral("chloe")[-1]

    floor.says("ben", "/incident oncall mine")
    running = next(
        row for row in rows(floor, "shifts") if row["user_id"] == "U0BEN" and row["ends_at"] > str(utcnow())
    )
    with pytest.raises(NothingToClick):
        floor.ben.clicks(f"{shift_ids.SWAP}.{running['id']}", channel="general")
    own_shift = next(
        row for row in rows(floor, "shifts") if row["user_id"] == "U0BEN" and row["starts_at"] > f"{sun.on(-1, 0)}"
    )
    for person, sentence in (("gus", "cannot work a shift"), ("ben", "Choose a colleague")):
        floor.ben.clicks(f"{shift_ids.SWAP}.{own_shift['id']}", channel="general")
        floor.ben.fills(shift_ids.PERSON, person)
        assert sentence in str(floor.ben.submits().errors)
        floor.ben.closes()
    floor.ben.clicks(f"{shift_ids.SWAP}.{own_shift['id']}", channel="general")
    floor.ben.fills(shift_ids.PERSON, "erik")
    assert floor.ben.submits().closed
    floor.settle()
    floor.erik.clicks(shift_ids.DECLINE)
    floor.settle()
    assert "can't take it. The shift stays yours." in sun.direct_texts("ben")[-1]
    with pytest.raises(swap_tables.NoSuchSwap):
        swaps.agree(floor.services, 1, "U0ERIK", utcnow())


def test_a_starting_bot_knows_at_once_who_is_on_shift(sun: Sun) -> None:
    floor = sun.floor
    floor.stop_bot()
    sun.writes(roster(sun.sunday - timedelta(days=4), ends_in_london="133000"))
    floor.start_bot()
    floor.says("ben", "/incident oncall mine")
    [first, *_] = [
        row
        for row in rows(floor, "shifts")
        if row["user_id"] == "U0BEN" and row["ends_at"] > f"{utcnow():%Y-%m-%d %H}"
    ]
    assert first["ends_at"] == f"{sun.on(-2, 12, 30):%Y-%m-%d %H:%M:%S.%f}"


def test_watched_items_are_listed_and_ended(sun: Sun) -> None:
    floor = sun.floor
    floor.says("ana", "/incident handover watch the <!here> trunks")
    floor.says("ana", "/incident handover watch The <!here>  trunks")
    assert [row["id"] for row in rows(floor, "watch_items")] == [1], "the same text is watched once"
    floor.says("ana", "/incident handover watched")
    assert "trunks (<@U0ANA>, <!date^" in floor.ephemeral("ana")[-1], "it says for how long"
    floor.ana.clicks(f"{handover_ids.END_WATCH}.1", channel="general")
    floor.settle()
    assert "It is no longer handed over" in floor.ephemeral("ana")[-1]
    assert holders(floor) == {}


def presses_all(sun: Sun, who: str, button: str) -> int:
    """Press every such button in the bot's newest message that has one, one after the other; return how many."""
    person, count = sun.floor.sandbox.person(who), 0
    while True:
        try:
            person.clicks(button)
        except NothingToClick:
            return count
        count += 1
        sun.floor.settle()


def test_a_shift_is_handed_over_item_by_item_and_one_person_is_accountable_throughout(sun: Sun) -> None:
    floor = sun.floor
    phones = floor.declares("S1 IVR down in Manila", who="ana")
    floor.chloe.joins(phones)
    floor.says("chloe", "/incident claim commander", phones)
    wallboard = floor.declares("S3 Wallboard frozen in Pune", who="ana")
    assert holders(floor) == {"incident:1": "U0BEN", "incident:2": "U0BEN"}, (
        "the point of contact's, not the declarer's"
    )

    sun.at(sun.on(-2, 14, 45))
    assert "Your shift ends" in sun.direct_texts("ben")[-1]
    floor.ben.clicks(incident_ids.HAND_OVER_SHIFT)
    form = str(floor.ben.modal)
    assert "IVR down in Manila" in form
    assert "no next step" in form
    assert "'initial_user': 'U0ERIK'" in form, "the next person on shift"
    floor.ben.fills(handover_ids.RISKS, "The carrier's change at 04:00")
    floor.ben.fills(handover_ids.CONTINGENCIES, "If the queue passes 200, then call Farah")
    floor.ben.fills(handover_ids.WATCHED, "The <!here> trunks")
    assert floor.ben.submits().closed
    floor.settle()

    # The commander of the S1 is asked for the missing next step.
    assert "has no next step" in sun.direct_texts("chloe")[-1]
    floor.chloe.clicks(handover_ids.ADD_NEXT_STEP)
    floor.chloe.fills(handover_ids.NEXT_STEP, "Fail over to Cebu by 15:00")
    assert floor.chloe.submits().closed
    floor.settle()
    assert "Next: Fail over to Cebu by 15:00" in "".join(sun.direct_texts("chloe"))
    assert "Add the next step" not in "".join(sun.direct_texts("chloe")), "there is nothing left to add"
    offer = sun.direct_texts("erik")[-1]
    assert "0 of 3 accepted" in offer, "two incidents, each with its updates, and the trunks"
    assert "Updates due: " in offer
    for expected in ("hands the shift over to you", "Fail over to Cebu by 15:00", "call Farah", "change at 04:00"):
        assert expected in offer
    assert set(holders(floor).values()) == {"U0BEN"}

    floor.erik.clicks(handover_ids.ACCEPT_ITEM)
    floor.settle()
    assert set(holders(floor).values()) == {"U0BEN"}, "first the top items are repeated"
    floor.erik.clicks(handover_ids.REPEAT)
    floor.erik.fills(handover_ids.REPEATED, "IVR first: failover at 15:00, I watch the queue")
    assert floor.erik.submits().closed
    floor.settle()
    assert "failover at 15:00" in sun.direct_texts("ben")[-1]

    floor.erik.clicks(handover_ids.SEND_ITEM_BACK)
    floor.erik.fills(handover_ids.QUESTION, "Who talks to the carrier?")
    assert floor.erik.submits().closed
    floor.settle()
    assert "Who talks to the carrier?" in sun.direct_texts("ben")[-1]
    assert "*#1 IVR down in Manila*" in sun.direct_texts("ben")[-1]
    floor.ben.clicks(handover_ids.ANSWER_ITEM)
    floor.ben.fills(handover_ids.ANSWER, "Chloe does")
    assert floor.ben.submits().closed
    floor.settle()
    assert "Chloe does" in "".join(sun.direct_texts("erik"))

    # Not everything has been accepted after a quarter of an hour: others are told.
    floor.passes(minutes=16)
    assert "has not accepted" in sun.direct_texts("farah")[-1]
    assert set(holders(floor).values()) == {"U0BEN"}
    presses_all(sun, "erik", handover_ids.ACCEPT_ITEM)
    assert set(holders(floor).values()) == {"U0ERIK"}
    assert "has accepted everything" in sun.direct_texts("ben")[-1]

    # Items accepted before and unchanged since go on with one click; changed items are accepted singly. A person
    # with Slack in Spanish reads it in Spanish, the other in English.
    sun.speaks("U0ANA", "es-ES")
    floor.says("erik", "/incident handover shift <@U0ANA|ana>")
    count_before = len(rows(floor, "shift_handovers"))
    floor.sandbox.deliver_twice("interactive")
    assert floor.erik.submits().closed
    floor.settle()
    assert len(rows(floor, "shift_handovers")) == count_before + 1
    assert "<@U0ERIK> te entrega el turno: 0 de" in sun.direct_texts("ana")[-1]
    assert "Próximas actualizaciones: " in sun.direct_texts("ana")[-1]
    assert "inestable" in sun.direct_texts("ana")[-1]
    assert "You hand the shift over to <@U0ANA>" in "".join(sun.direct_texts("erik"))
    floor.ana.clicks(handover_ids.ACCEPT_ITEM)
    floor.settle()
    assert sun.direct_texts("ana")[-1].startswith("Di primero lo más importante"), (
        "a refusal is in her language as well"
    )
    floor.ana.clicks(handover_ids.REPEAT)
    floor.ana.fills(handover_ids.REPEATED, "IVR first")
    assert floor.ana.submits().closed
    floor.settle()
    floor.ana.clicks(handover_ids.START_CALL)
    floor.settle()
    floor.ana.clicks(handover_ids.JOIN_CALL, channel="operations")
    floor.settle()
    assert "Present: <@U0ANA>" in floor.visible_text("operations")
    floor.ana.clicks(handover_ids.ACCEPT_UNCHANGED)
    floor.settle()
    assert set(holders(floor).values()) == {"U0ANA"}

    # A person who falls ill is replaced at once.
    floor.says("ana", "/incident absence")
    floor.ana.fills(shift_ids.STARTS, int(utcnow().timestamp()) - 60)
    floor.ana.fills(shift_ids.ENDS, int(sun.on(-1, 9).timestamp()))
    assert floor.ana.submits().closed
    floor.settle()
    assert "U0ANA" not in holders(floor).values()
    assert holders(floor)["incident:2"] == "U0DEVI"
    assert "you are accountable for" in sun.direct_texts("devi")[-1]

    floor.says("chloe", "/incident private carrier contract", phones)
    floor.tick()
    for who in ("ben", "chloe", "erik"):
        words = "".join(sun.direct_texts(who))
        for secret in ("IVR down", "talks to the carrier", "Fail over to Cebu"):
            assert secret not in words, "it can be read nowhere else any more"

    floor.says("ben", "/incident handover export")
    floor.tick()
    assert any("Handovers of shifts" in words for words in sun.direct_texts("ben"))
    declined = floor.says("ana", "/incident decline somebody unplugged it", wallboard)
    assert "incident:2" not in holders(floor), declined


def holders(floor: TestFloor) -> dict[str, str]:
    """The accountable person of each incident and watched item."""
    return {row["item"]: row["user_id"] for row in rows(floor, "accountabilities") if row["until"] is None}


def test_too_few_people_for_the_forecast_load_is_raised_once_and_the_answer_is_recorded(sun: Sun) -> None:
    floor, first = sun.floor, sun.sunday - timedelta(days=4)
    sun.writes(roster(first, agents=6))
    nine = sun.on(-1, 1)
    forecast_figures = Figures(forecast_offered=40, forecast_aht_s=180)
    amounts = [getattr(forecast_figures, name) for name in NAMES]
    billing, orders = (QueueName(name, "Manila") for name in ("Billing", "Orders"))
    forecast = [
        ReadRow(place, queue, int(nine.timestamp()) + 1800 * place, 1800, tuple(amounts))
        for place in range(4)
        for queue in (billing, orders)
    ]
    import_rows(floor.services.database, Source("forecast", "forecast.csv"), forecast)
    sun.reads()

    (request_text,) = [words for words in sun.direct_texts("farah") if "the load needs" in words]
    assert "6 are on as Agent, Manila, and the load needs 9" in request_text, "six seats, of which 30 % are away"
    assert "40 contacts are forecast in 30 minutes, at 180 s each" in request_text
    assert "6 if callers give up after 2 min on average (Erlang A)" in request_text
    assert "7 if they never do (Erlang C)" in request_text
    (request,) = [row for row in rows(floor, "open_times") if row["problem"] == "below_load"]
    assert (request["starts_at"], request["ends_at"]) == tuple(
        f"{moment:%Y-%m-%d %H:%M:%S.%f}" for moment in (nine, nine + timedelta(hours=2))
    )
    floor.passes(minutes=30)
    assert len([words for words in sun.direct_texts("farah") if "the load needs" in words]) == 1

    floor.farah.clicks(shift_ids.SEND_PEOPLE)
    floor.farah.fills(shift_ids.ANSWER, "Two from <Cebu> at 09:00, nobody else is free")
    assert floor.farah.submits().closed
    floor.settle()
    assert any("<@U0FARAH> answered" in words for words in sun.direct_texts("farah") if "the load needs" in words)
    answered_row = next(row for row in rows(floor, "open_times") if row["problem"] == "below_load")
    assert answered_row["answer"] == "Two from <Cebu> at 09:00, nobody else is free"
    assert answered_row["answered_by"] == "U0FARAH"
    with pytest.raises(offers.AlreadyAnswered):
        offers.answer_request(floor.services, answered_row["id"], "Three", "U0FARAH", utcnow())
    sun.speaks("U0BEN", "es-CO")
    floor.says("ben", "/incident oncall gaps")
    assert "Sin cubrir en el cuadrante" in floor.ephemeral("ben")[-1]
    assert "y la carga necesita 9" in floor.ephemeral("ben")[-1]
    assert "Two from &lt;Cebu&gt; at 09:00" in floor.ephemeral("ben")[-1]

    sun.at(nine - timedelta(hours=4))
    assert not any("Still open" in words and "the load" in words for words in sun.direct_texts("farah"))
    sun.writes(roster(first, agents=9))
    sun.reads()
    assert "Covered: the roster was changed" in next(w for w in sun.direct_texts("farah") if "the load needs" in w)


def test_without_a_forecast_the_need_follows_the_usual_load_of_the_weekday_and_time(sun: Sun) -> None:
    first, nine = sun.sunday - timedelta(days=4), sun.on(-1, 1)
    sun.writes(roster(first, agents=6))
    usual_figures = Figures(offered=40, answered=40, aht_s=180)
    amounts = tuple(getattr(usual_figures, name) for name in NAMES)
    history = [
        ReadRow(place, QueueName("Billing", "Manila"), int(begins.timestamp()), 1800, amounts)
        for place in range(12)
        for begins in (nine - timedelta(weeks=1 + place // 4) + timedelta(minutes=30 * (place % 4)),)
    ]
    import_rows(sun.floor.services.database, Source("history", "history.csv"), history)
    sun.reads()

    (request_text,) = [words for words in sun.direct_texts("farah") if "the load needs" in words]
    assert "6 are on as Agent, Manila, and the load needs 9" in request_text, (
        "the same as for a forecast of that many"
    )
    assert "nothing is forecast, and 40 contacts in 30 minutes, at 180 s each, are usual then" in request_text
    (request,) = [row for row in rows(sun.floor, "open_times") if row["problem"] == "below_load"]
    assert (request["starts_at"], request["ends_at"]) == tuple(
        f"{moment:%Y-%m-%d %H:%M:%S.%f}" for moment in (nine, nine + timedelta(hours=2))
    )
