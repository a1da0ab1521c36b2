"""A follow-the-sun floor in three regions while Europe's clocks go back: who is on, what is open, who takes it,
and how one shift hands over to the next."""

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
from bot.shifts import offers, rosters, swap_tables
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
    """The floor, and the moments of its days."""

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
        """A moment in UTC, days after the Sunday."""
        return self.sunday + timedelta(days=days, hours=hour, minutes=minute)

    def told(self, who: str) -> list[str]:
        return [message.words for message in self.floor.sandbox.person(who).direct_messages()]

    def speaks(self, user_id: str, locale: str) -> None:
        """Somebody chooses another language in Slack."""
        workspace = self.floor.sandbox.workspace
        workspace.speak(workspace.users[user_id], locale)
        self.floor.settle()

    def contact(self) -> str:
        (pinned,) = [m for m in self.floor.ana.sees("operations") if "Point of contact now" in m.words]
        return pinned.words.partition("Next")[0]


@pytest.fixture
def sun(tmp_path: Path) -> Iterator[Sun]:
    shipped = Path("floor.yaml").read_text()
    (tmp_path / "floor.yaml").write_text(f"{shipped}\n{SHIFTS}")
    sunday = sunday_of_change(STARTS_AT)
    # The floor opens two days before, when its roster is there.
    workday_clock(tmp_path, sunday - timedelta(hours=36))
    (tmp_path / "roster.ics").write_text(roster(sunday - timedelta(days=4)).replace("\n", "\r\n"))
    with TestFloor(tmp_path, floor_file=tmp_path / "floor.yaml") as floor:
        sun = Sun(floor, tmp_path, sunday)
        sun.reads()
        yield sun
        floor.nothing_was_malformed()


def test_the_point_of_contact_is_pinned_and_what_is_open_is_found_told_once_taken_and_escalated(sun: Sun) -> None:
    floor = sun.floor
    assert "<@U0BEN> (EMEA) until" in sun.contact()
    pinned = [row for row in rows(floor, "outbox") if row["kind"] == "contact"]
    assert "<@U0ERIK>" in floor.says("ana", "/incident oncall gqm AMER at tomorrow 03:00")
    assert "neither a role nor a region" in floor.says("ana", "/incident oncall nobody")

    # New York's summer shift ends at 23:00 UTC, Manila's begins at 00:00: an hour of each night is nobody's.
    for who in ("ana", "ben", "erik"):
        told = [words for words in sun.told(who) if "Nobody is on as Global queue manager" in words]
        assert len(told) == 2, "the two nights of the 48 hours ahead"
    floor.passes(minutes=30)
    assert len([words for words in sun.told("ben") if "Nobody is on" in words]) == 2

    floor.ben.clicks(shift_ids.TAKE)
    floor.settle()
    floor.tick()
    taken = next(row for row in rows(floor, "open_times") if row["state"] == "filled")
    assert taken["filled_by"] == "U0BEN"
    assert any("<@U0BEN> took it" in words for words in sun.told("ana")), "nobody else is asked any more"
    assert sun.told("farah") == []

    sun.at(sun.on(-2, 14, 30))
    assert "<@U0BEN>" in sun.contact()
    sun.at(sun.on(-2, 15))
    assert "<@U0ERIK> (AMER) until" in sun.contact()
    assert [row["ts"] for row in rows(floor, "outbox") if row["kind"] == "contact"] == [pinned[0]["ts"]], "edited"

    # Four hours before the other night's hour somebody else is told.
    missing = next(row for row in rows(floor, "open_times") if row["state"] == "open")
    sun.at(datetime.fromisoformat(missing["starts_at"]).replace(tzinfo=UTC) - timedelta(hours=4))
    assert any("Still open" in words for words in sun.told("farah"))
    floor.farah.clicks(shift_ids.ASK)
    floor.farah.fills(shift_ids.PERSON, "ana")
    assert floor.farah.submits().closed
    floor.settle()
    assert "asks whether you can take it" in sun.told("ana")[-1]
    floor.ana.clicks(shift_ids.AGREE)
    floor.settle()
    assert "<@U0ANA> takes it" in sun.told("farah")[-1]

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


def test_without_any_roster_its_managers_are_told_once_that_nobody_is_on(tmp_path: Path) -> None:
    needed = 'shifts: {roles: {gqm: Manager}, needs: [{role: gqm}], managers: ["@farah"]}'
    (tmp_path / "floor.yaml").write_text(f"{Path('floor.yaml').read_text()}\n{needed}\n")
    with TestFloor(tmp_path, floor_file=tmp_path / "floor.yaml") as floor:
        floor.passes(minutes=2)
        floor.tick()
        told = [message.words for message in floor.sandbox.person("farah").direct_messages()]
        assert ["Nobody is on as Manager" in words for words in told] == [True], "it is late when it is found"
        floor.nothing_was_malformed()


def test_changes_are_told_swaps_need_both_and_an_absence_opens_a_shift(sun: Sun) -> None:
    floor = sun.floor
    assert not any("Your shifts changed" in words for words in sun.told("ben")), "all of it was new"
    sun.writes(roster(sun.sunday - timedelta(days=4), ends_in_london="150000"))
    sun.reads()
    assert any("Your shifts changed (roster Follow the sun)" in words for words in sun.told("ben"))
    assert not any("Your shifts changed" in words for words in sun.told("erik"))

    mine = floor.says("ben", "/incident oncall mine")
    assert "Your shifts" in mine
    coming = [row for row in rows(floor, "shifts") if row["starts_at"] > f"{sun.on(0, 0):%Y-%m-%d}"]
    shifts = {row["user_id"]: row for row in reversed(coming)}
    floor.ben.clicks(f"{shift_ids.SWAP}.{shifts['U0BEN']['id']}", channel="general")
    floor.ben.fills(shift_ids.OTHER, str(shifts["U0ERIK"]["id"]))
    assert floor.ben.submits().closed
    floor.settle()
    assert [row["user_id"] for row in rows(floor, "shifts") if row["id"] == shifts["U0BEN"]["id"]] == ["U0BEN"]
    floor.erik.clicks(shift_ids.AGREE)
    floor.settle()
    swapped = {row["id"]: row["user_id"] for row in rows(floor, "shifts")}
    assert swapped[shifts["U0BEN"]["id"]] == "U0ERIK"
    assert swapped[shifts["U0ERIK"]["id"]] == "U0BEN"
    sun.reads()
    assert {row["id"]: row["user_id"] for row in rows(floor, "shifts")} == swapped, "the roster leaves it as agreed"

    floor.says("ana", "/incident absence")
    floor.ana.fills(shift_ids.STARTS, int(sun.on(-1, 0).timestamp()))
    floor.ana.fills(shift_ids.ENDS, int(sun.on(-1, 9).timestamp()))
    assert floor.ana.submits().closed
    floor.settle()
    floor.tick()
    (grown,) = [row for row in rows(floor, "open_times") if row["ends_at"] >= f"{sun.on(-1, 7):%Y-%m-%d %H}"][:1]
    assert grown["starts_at"] == f"{sun.on(-2, 23):%Y-%m-%d %H:%M:%S.%f}", (
        "her shift is part of the night's gap now"
    )
    floor.says("ana", "/incident oncall gaps")
    assert "Nobody is on as Global queue manager" in floor.ephemeral("ana", "general")[-1]
    sun.speaks("U0ERIK", "es-MX")
    floor.says("erik", "/incident report week")
    floor.tick()
    assert any("📊 *Informe" in words for words in sun.told("erik")), (
        "picture and spreadsheet come by direct message"
    )
    floor.says("farah", "/incident absences export")
    floor.tick()
    assert any("Absences for workforce management" in words for words in sun.told("farah"))


def test_a_shift_and_an_absence_are_entered_refused_and_taken_back_and_a_swap_is_declined(sun: Sun) -> None:
    floor = sun.floor
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
    assert floor.farah.submits().closed
    floor.settle()
    assert "You have a new shift" in sun.told("chloe")[-1]

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
    own = next(
        row for row in rows(floor, "shifts") if row["user_id"] == "U0BEN" and row["starts_at"] > f"{sun.on(-1, 0)}"
    )
    for to, said in (("gus", "cannot work a shift"), ("ben", "Choose a colleague")):
        floor.ben.clicks(f"{shift_ids.SWAP}.{own['id']}", channel="general")
        floor.ben.fills(shift_ids.PERSON, to)
        assert said in str(floor.ben.submits().errors)
        floor.ben.closes()
    floor.ben.clicks(f"{shift_ids.SWAP}.{own['id']}", channel="general")
    floor.ben.fills(shift_ids.PERSON, "erik")
    assert floor.ben.submits().closed
    floor.settle()
    floor.erik.clicks(shift_ids.DECLINE)
    floor.settle()
    assert "can't take it. The shift stays yours." in sun.told("ben")[-1]
    with pytest.raises(swap_tables.NoSuchSwap):
        offers.agree(floor.services, 1, "U0ERIK", utcnow())


def test_a_bot_that_starts_knows_at_once_who_is_on(sun: Sun) -> None:
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


def test_what_is_watched_is_listed_and_ended(sun: Sun) -> None:
    floor = sun.floor
    floor.says("ana", "/incident handover watch the <!here> trunks")
    floor.says("ana", "/incident handover watched")
    assert "trunks" in floor.ephemeral("ana")[-1]
    floor.ana.clicks(f"{handover_ids.END_WATCH}.1", channel="general")
    floor.settle()
    assert "It is no longer handed over" in floor.ephemeral("ana")[-1]
    assert holders(floor) == {}


def presses_all(sun: Sun, who: str, button: str) -> int:
    """Press every such button in the newest of the bot's messages that has one, one after the other."""
    person, pressed = sun.floor.sandbox.person(who), 0
    while True:
        try:
            person.clicks(button)
        except NothingToClick:
            return pressed
        pressed += 1
        sun.floor.settle()


def test_a_shift_is_handed_over_item_by_item_and_one_person_is_accountable_throughout(sun: Sun) -> None:
    floor = sun.floor
    phones = floor.declares("S1 IVR down in Manila", who="ana")
    floor.chloe.joins(phones)
    floor.says("chloe", "/incident claim commander", phones)
    wallboard = floor.declares("S3 Wallboard frozen in Pune", who="ana")
    assert holders(floor) == {"incident:1": "U0BEN", "incident:2": "U0BEN"}, (
        "the point of contact's, not who declared"
    )

    sun.at(sun.on(-2, 14, 45))
    assert "Your shift ends" in sun.told("ben")[-1]
    floor.ben.clicks(incident_ids.HAND_OVER_SHIFT)
    form = str(floor.ben.modal)
    assert "IVR down in Manila" in form
    assert "no next step" in form
    assert "'initial_user': 'U0ERIK'" in form, "the next on shift"
    floor.ben.fills(handover_ids.RISKS, "The carrier's change at 04:00")
    floor.ben.fills(handover_ids.CONTINGENCIES, "If the queue passes 200, then call Farah")
    floor.ben.fills(handover_ids.WATCHED, "The <!here> trunks")
    assert floor.ben.submits().closed
    floor.settle()

    # Who leads the S1 is asked for the next step that is missing.
    assert "has no next step" in sun.told("chloe")[-1]
    floor.chloe.clicks(handover_ids.ADD_NEXT_STEP)
    floor.chloe.fills(handover_ids.NEXT_STEP, "Fail over to Cebu by 15:00")
    assert floor.chloe.submits().closed
    floor.settle()
    offer = sun.told("erik")[-1]
    for known in ("hands the shift over to you", "Fail over to Cebu by 15:00", "call Farah", "change at 04:00"):
        assert known in offer
    assert set(holders(floor).values()) == {"U0BEN"}

    floor.erik.clicks(handover_ids.ACCEPT_ITEM)
    floor.settle()
    assert set(holders(floor).values()) == {"U0BEN"}, "first the top items are repeated"
    floor.erik.clicks(handover_ids.REPEAT)
    floor.erik.fills(handover_ids.REPEATED, "IVR first: failover at 15:00, I watch the queue")
    assert floor.erik.submits().closed
    floor.settle()
    assert "failover at 15:00" in sun.told("ben")[-1]

    floor.erik.clicks(handover_ids.SEND_ITEM_BACK)
    floor.erik.fills(handover_ids.QUESTION, "Who talks to the carrier?")
    assert floor.erik.submits().closed
    floor.settle()
    assert "Who talks to the carrier?" in sun.told("ben")[-1]
    floor.ben.clicks(handover_ids.ANSWER_ITEM)
    floor.ben.fills(handover_ids.ANSWER, "Chloe does")
    assert floor.ben.submits().closed
    floor.settle()
    assert "Chloe does" in "".join(sun.told("erik"))

    # Nobody has accepted everything after a quarter of an hour: others are told.
    floor.passes(minutes=16)
    assert "has not accepted" in sun.told("farah")[-1]
    assert set(holders(floor).values()) == {"U0BEN"}
    presses_all(sun, "erik", handover_ids.ACCEPT_ITEM)
    assert set(holders(floor).values()) == {"U0ERIK"}
    assert "has accepted everything" in sun.told("ben")[-1]

    # What was accepted and has not moved goes on with one click; what moved is accepted by itself. Who has Slack in
    # Spanish reads it in Spanish, and the other in English.
    sun.speaks("U0ANA", "es-ES")
    floor.says("erik", "/incident handover shift <@U0ANA|ana>")
    assert floor.erik.submits().closed
    floor.settle()
    assert "<@U0ERIK> te entrega el turno: 0 de" in sun.told("ana")[-1]
    assert "Actualización de #1 para " in sun.told("ana")[-1]
    assert "inestable" in sun.told("ana")[-1]
    assert "You hand the shift over to <@U0ANA>" in "".join(sun.told("erik"))
    floor.ana.clicks(handover_ids.ACCEPT_ITEM)
    floor.settle()
    assert sun.told("ana")[-1].startswith("Di primero lo más importante"), "a refusal is in her language as well"
    floor.ana.clicks(handover_ids.REPEAT)
    floor.ana.fills(handover_ids.REPEATED, "IVR first")
    assert floor.ana.submits().closed
    floor.settle()
    floor.ana.clicks(handover_ids.START_CALL)
    floor.settle()
    floor.ana.clicks(handover_ids.JOIN_CALL, channel="operations")
    floor.settle()
    assert "Present: <@U0ANA>" in floor.words("operations")
    floor.ana.clicks(handover_ids.ACCEPT_UNCHANGED)
    floor.settle()
    assert set(holders(floor).values()) == {"U0ANA"}

    # Who falls ill is replaced at once, and what was offered to them is not.
    floor.says("ana", "/incident absence")
    floor.ana.fills(shift_ids.STARTS, int(utcnow().timestamp()) - 60)
    floor.ana.fills(shift_ids.ENDS, int(sun.on(-1, 9).timestamp()))
    assert floor.ana.submits().closed
    floor.settle()
    assert "U0ANA" not in holders(floor).values()
    assert holders(floor)["incident:2"] == "U0DEVI"
    assert "you are accountable for" in sun.told("devi")[-1]

    floor.says("chloe", "/incident private carrier contract", phones)
    floor.tick()
    assert [words for words in sun.told("erik") if "IVR down" in words] == [], "it is read nowhere else any more"

    floor.says("ben", "/incident handover export")
    floor.tick()
    assert any("Handovers of shifts" in words for words in sun.told("ben"))
    declined = floor.says("ana", "/incident decline somebody unplugged it", wallboard)
    assert "incident:2" not in holders(floor), declined


def holders(floor: TestFloor) -> dict[str, str]:
    """Who is accountable for each incident and everything watched."""
    open_rows = [row for row in rows(floor, "accountabilities") if row["until"] is None]
    return {row["item"]: row["user_id"] for row in open_rows if not row["item"].startswith("promise")}


def test_fewer_on_shift_than_the_forecast_load_needs_is_asked_for_once_and_the_answer_is_on_record(
    sun: Sun,
) -> None:
    floor, first = sun.floor, sun.sunday - timedelta(days=4)
    sun.writes(roster(first, agents=6))
    nine = sun.on(-1, 1)
    known = Figures(forecast_offered=40, forecast_aht_s=180)
    busy = [getattr(known, name) for name in NAMES]
    billing, orders = (QueueName(name, "Manila") for name in ("Billing", "Orders"))
    forecast = [
        ReadRow(place, queue, int(nine.timestamp()) + 1800 * place, 1800, tuple(busy))
        for place in range(4)
        for queue in (billing, orders)
    ]
    import_rows(floor.services.database, Source("forecast", "forecast.csv"), forecast)
    sun.reads()

    (asked,) = [words for words in sun.told("farah") if "the load needs" in words]
    assert "6 are on as Agent, Manila, and the load needs 9" in asked, "six seats, of which three tenths are away"
    assert "40 contacts are forecast in 30 minutes, at 180 s each" in asked
    assert "Erlang A, whose callers give up after 2 min on average, needs 6" in asked
    assert "Erlang C, whose callers never do, 7" in asked
    (request,) = [row for row in rows(floor, "open_times") if row["problem"] == "below_load"]
    assert (request["starts_at"], request["ends_at"]) == tuple(
        f"{moment:%Y-%m-%d %H:%M:%S.%f}" for moment in (nine, nine + timedelta(hours=2))
    )
    floor.passes(minutes=30)
    assert len([words for words in sun.told("farah") if "the load needs" in words]) == 1

    floor.farah.clicks(shift_ids.SEND_PEOPLE)
    floor.farah.fills(shift_ids.ANSWER, "Two from <Cebu> at 09:00, nobody else is free")
    assert floor.farah.submits().closed
    floor.settle()
    assert any("<@U0FARAH> answered" in words for words in sun.told("farah") if "the load needs" in words)
    answered = next(row for row in rows(floor, "open_times") if row["problem"] == "below_load")
    assert answered["answer"] == "Two from <Cebu> at 09:00, nobody else is free"
    assert answered["answered_by"] == "U0FARAH"
    with pytest.raises(offers.AnsweredAlready):
        offers.answer_request(floor.services, answered["id"], "Three", "U0FARAH", utcnow())
    sun.speaks("U0BEN", "es-CO")
    floor.says("ben", "/incident oncall gaps")
    assert "Sin cubrir en el cuadrante" in floor.ephemeral("ben")[-1]
    assert "y la carga necesita 9" in floor.ephemeral("ben")[-1]
    assert "Two from &lt;Cebu&gt; at 09:00" in floor.ephemeral("ben")[-1]

    sun.at(nine - timedelta(hours=4))
    assert not any("Still open" in words and "the load" in words for words in sun.told("farah"))
    sun.writes(roster(first, agents=9))
    sun.reads()
    assert "Covered: the roster was changed" in next(w for w in sun.told("farah") if "the load needs" in w)


def test_without_a_forecast_the_need_is_what_the_weekday_and_time_usually_bring(sun: Sun) -> None:
    first, nine = sun.sunday - timedelta(days=4), sun.on(-1, 1)
    sun.writes(roster(first, agents=6))
    came = Figures(offered=40, answered=40, aht_s=180)
    amounts = tuple(getattr(came, name) for name in NAMES)
    history = [
        ReadRow(place, QueueName("Billing", "Manila"), int(begins.timestamp()), 1800, amounts)
        for place in range(12)
        for begins in (nine - timedelta(weeks=1 + place // 4) + timedelta(minutes=30 * (place % 4)),)
    ]
    import_rows(sun.floor.services.database, Source("history", "history.csv"), history)
    sun.reads()

    (asked,) = [words for words in sun.told("farah") if "the load needs" in words]
    assert "6 are on as Agent, Manila, and the load needs 9" in asked, "as by a forecast of as many"
    assert "nothing is forecast, and 40 contacts in 30 minutes, at 180 s each, are usual then" in asked
    (request,) = [row for row in rows(sun.floor, "open_times") if row["problem"] == "below_load"]
    assert (request["starts_at"], request["ends_at"]) == tuple(
        f"{moment:%Y-%m-%d %H:%M:%S.%f}" for moment in (nine, nine + timedelta(hours=2))
    )
