"""Cases: imported by file and by request, shown on the board, decided, escalated, recognised as one incident."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.cases import actions, guide_draft_tables, ids, linking, uploads
from bot.cases import facts as case_facts
from bot.incidents import ids as incident_ids
from bot.incidents.facts import CASE_FIGURES, RISKY_CASES, SENSITIVE_CASES
from bot.incidents.registry import Registry
from bot.runtime.clock import utcnow
from bot.screens.records import purge_text
from bot.shifts import absences, by_hand
from bot.slack.blocks import actions as actions_block
from bot.slack.blocks import button
from bot.slack.messages import Post
from bot.sources.signatures import sign
from tests.floor import TestFloor
from tests.stories.record import rows

PLAYBOOK = """
title: Fax outage
summary: Faxes do not arrive.
guides: [{title: Vendor numbers, url: "https://wiki.example.com/vendors"}]
phases:
  - id: now
    title: Now
    steps:
      - {id: call, title: Call the vendor, guides: [Vendor numbers, Fax jam]}
"""
CASES = """
cases:
  targets: {P1: 4 h, P2: 8 h, P3: 3 days}
  sensitive: ["Grand Hotel*"]
  regions: {EMEA: {managers: ["@farah"]}}
  teams:
    Billing: {region: EMEA, engineers: 2, cases_per_hour: 2, manager: "@ben", skill: billing}
    Billing Manila: {engineers: 2, manager: "@devi", skill: billing}
    "Billing | Lima": {engineers: 2, skill: billing}
    Night: {region: EMEA, role: swarm, cases_per_hour: 2}
  board: "#operations"
  processed_by: ["@devi"]
  senior_management: ["@erik"]
  guides_folder: GUIDES
reports: {sensitive_to: ["@farah"]}
shifts: {roles: {swarm: Swarm}}
"""


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    shipped, _, cases_and_rest = Path("floor.yaml").read_text().partition("\ncases:\n")
    rest = cases_and_rest[cases_and_rest.index("\n#") :]
    guides, playbooks = tmp_path / "guides", tmp_path / "playbooks"
    for folder, name, text in (
        (guides, "jam.md", "# Fax jam\n\nOpen the *left* door <!here>"),
        (playbooks, "fax.yaml", PLAYBOOK),
    ):
        folder.mkdir()
        (folder / name).write_text(text)
    (tmp_path / "floor.yaml").write_text(f"{shipped}{CASES.replace('GUIDES', str(guides))}{rest}")
    settings: dict[str, Any] = {
        "cases_secret": "secret",
        "floor_file": tmp_path / "floor.yaml",
        "playbooks_dir": playbooks,
    }
    with TestFloor(tmp_path, over_http=True, **settings) as floor:
        yield floor
        floor.nothing_was_malformed()


def ago(**length: float) -> datetime:
    return utcnow().replace(microsecond=0) - timedelta(**length)


def post(floor: TestFloor, *cases: dict[str, object]) -> httpx.Response:
    body = json.dumps({"source": "crm", "cases": cases}, default=datetime.isoformat).encode()
    timestamp = str(int(utcnow().timestamp()))
    headers = {"X-Watchfloor-Timestamp": timestamp, "X-Watchfloor-Signature": sign(b"secret", timestamp, body)}
    response = httpx.post(f"{floor.address}/cases", content=body, headers=headers)
    floor.settle()
    return response


def case(number: int, **facts: object) -> dict[str, object]:
    defaults = {"id": f"C{number}", "opened_at": ago(minutes=5), "priority": "P3", "customer": f"Customer {number}"}
    return defaults | {"team": "Billing", "state": "New", "title": f"Question {number} about an invoice"} | facts


def board(floor: TestFloor, words: str = "") -> str:
    floor.says("ana", f"/incident board {words}", channel="general")
    return floor.ephemeral("ana", "general")[-1]


def notes(floor: TestFloor) -> list[str]:
    return [str(row["text"]) for row in rows(floor, "case_notes")]


def test_a_dropped_file_becomes_a_board_on_which_people_decide_with_reasons(floor: TestFloor) -> None:
    first, second, third = (f"{ago(hours=hours):%d/%m/%Y %H:%M}" for hours in (7, 70, 50))
    file = (
        "Number;Opened at;Updated at;Priority;State;Customer;Assignment group;Short description\n"
        f"INC1;{first};{first};2 - High;New;Grand Hotel;Billing;Paid twice\n"
        f"INC2;{second};{second};3;Awaiting User Info;Acme;Billing;Slow\n"
        f"INC3;{third};{third};3;New;<!channel>;Billing;Refund\n"
        + "".join(f"INC{number};;;3;New;Acme;Billing;No date\n" for number in range(4, 11))
    )
    floor.ana.uploads("dm", "empty.csv", file.partition("\n")[0].encode())
    floor.settle()
    assert "empty.csv has no rows under its header" in floor.visible_text("dm")
    floor.ana.uploads("dm", "cases.csv", file.encode())
    floor.settle()
    preview = floor.visible_text("dm")
    assert "3 cases in 3 rows, 3 of them open" in preview
    assert "Number, Short description → title" in preview
    assert "Assignment group → team" in preview
    assert "Opened at" in preview
    assert "→ opened at" not in preview
    assert "Times without a zone are read as UTC. Opened <!date" in preview
    assert "in the future" not in preview
    assert "Line 5 is left out: it has no number, or does not say when it was opened" in preview
    assert "2 more rows are left out; the file in this thread names them." in preview
    (rows_file,) = [file for file in floor.sandbox.workspace.files.values() if file.name.startswith("left-out-")]
    assert rows_file.content.decode("utf-8-sig").splitlines()[-1].startswith('"11","it has no number')
    floor.ana.clicks(ids.USE, channel="dm")
    floor.settle()
    assert "cases.csv is imported: 3 new" in floor.visible_text("dm")
    with pytest.raises(uploads.NotWaiting, match="is being imported, or was imported or discarded already"):
        uploads.use(floor.services, 1, "U0ANA", utcnow())
    assert "already imported" not in floor.visible_text("dm")
    floor.ana.uploads("dm", "cases-again.csv", file.encode())
    floor.settle()
    assert "This file was already imported at <!date" in floor.visible_text("dm")
    floor.ana.clicks(ids.DISCARD, channel="dm")
    floor.settle()
    floor.tick()

    board_text = board(floor)
    assert "3 open · 🔴 0 red · 🟡 1 amber · 3 unassigned · 1 sensitive" in board_text
    assert board_text.index("INC1") < board_text.index("INC3") < board_text.index("INC2")
    assert "1st in the queue, 2 engineers free: likely taken in 30 min" in board_text
    assert "The clock is paused." in board_text
    assert "3 open" in floor.visible_text("operations")
    workspace = floor.sandbox.workspace
    workspace.speak(workspace.users["U0CHLOE"], "es-ES")
    floor.settle()
    floor.says("chloe", "/incident board", channel="general")
    in_spanish = floor.ephemeral("chloe", "general")[-1]
    assert "1.º en la cola, 2 personas libres: se atenderá en unos 30 min" in in_spanish
    floor.says("chloe", "/incident guide", channel="general")
    assert floor.ephemeral("chloe", "general")[-1].startswith("Di de qué se trata")
    ask = floor.services.get(Registry).ask
    with floor.services.database.reading() as session:
        (risky,) = ask(RISKY_CASES)(session, floor.services, utcnow(), ())
        figures = ask(CASE_FIGURES)(session, floor.services, ago(hours=8), utcnow())
        (sensitive,) = ask(SENSITIVE_CASES)(session, floor.services, utcnow(), "es")
    assert (risky.title, risky.severity, risky.needs_next_step) == ("INC1 Paid twice", "P2", True)
    assert [(figure.team, figure.intake, figure.backlog) for figure in figures] == [("Billing", 1, 3)]
    assert sensitive.left.startswith("quedan "), "the spreadsheet is in its reader's language"

    for who in ("farah", "ana"):
        floor.says(who, "/incident report day")
        floor.tick()
    sensitive_line = "Open cases of sensitive customers: 1, by name in the spreadsheet"
    assert sensitive_line in floor.direct_texts("farah")[-1]
    assert sensitive_line not in "".join(floor.direct_texts("ana"))

    floor.ben.clicks(ids.TAKE, channel="operations")
    floor.settle()
    floor.ana.clicks(ids.ASSIGN, channel="operations")
    floor.ana.fills(ids.PERSON, "gus")
    floor.ana.fills(ids.REASON, "Knows <@channel> the hotel")
    assert "cannot take cases here" in floor.ana.submits().errors[ids.PERSON]
    floor.ana.fills(ids.PERSON, "ben")
    assert floor.ana.submits().closed
    floor.settle()
    assert (
        "assigned INC1 to you: Paid twice\nP2 · Grand Hotel · Billing · EMEA · Due <!date"
        in floor.direct_texts("ben")[-1]
    )
    floor.ana.chooses(ids.MORE, f"{ids.NOTE}:1", channel="operations")
    assert floor.ana.modal
    channel_id = floor.sandbox.workspace.channel("operations").id
    old_buttons = [button("Old…", action_id, "1") for action_id in (ids.ESCALATE, ids.NOTE, ids.SNOOZE)]
    floor.services.slack.post(Post("old", channel_id, "A board of before", [actions_block(old_buttons)]))
    for action_id, form in ((ids.ESCALATE, "Escalate"), (ids.SNOOZE, "Snooze"), (ids.NOTE, "Note")):
        floor.ana.clicks(action_id, channel="operations")
        assert form in str(floor.ana.modal["title"]), "buttons of messages that were sent before work"
    floor.ana.fills(ids.REASON, "Called them at 14:07")
    assert floor.ana.submits().closed
    floor.ana.chooses(ids.MORE, f"{ids.SNOOZE}:1", channel="operations")
    floor.ana.fills(ids.REASON, "Waits for the bank")
    assert floor.ana.submits().closed
    floor.settle()
    case_notes = [note for note in notes(floor) if not note.startswith("The team's manager is told")]
    assert case_notes[0] == "took the case"
    assert "Knows" in case_notes[1]
    assert case_notes[2] == "Called them at 14:07"
    assert case_notes[3].endswith("Waits for the bank")
    assert "1 snoozed" in board(floor)
    floor.passes(hours=1, minutes=1)
    floor.tick()
    board_now = board(floor)
    assert "snoozed" not in board_now
    assert "Breached" in board_now
    assert "Breached" in floor.visible_text("operations")

    floor.ana.uploads("dm", "again.csv", file.encode())
    floor.settle()
    floor.ana.clicks(ids.USE, channel="dm")
    floor.settle()
    assert "again.csv is imported: 3 unchanged" in floor.visible_text("dm")


def test_people_on_shift_without_work_are_free(floor: TestFloor) -> None:
    post(floor, case(1, team="Night"), case(2, team="Night"))
    assert "1st in the queue, nobody is on shift" in board(floor, "C1")
    now = utcnow()
    when = now - timedelta(hours=1), now + timedelta(hours=8)
    for person, region in (("U0BEN", "EMEA"), ("U0CHLOE", "emea"), ("U0ERIK", "APAC")):
        by_hand.add(floor.services, person, "swarm", (region, ""), when, "U0FARAH", now, person)
    assert "2nd in the queue, 2 of 2 on shift free: likely taken in 30 min" in board(floor, "C2")

    post(floor, case(3, state="In Progress", owner="Ben Okafor", team="Billing"))
    assert "2nd in the queue, 1 of 2 on shift free: likely taken in 1 h 00 min" in board(floor, "C2"), (
        "matched by name"
    )
    floor.says("ben", "/incident board mine", channel="general")
    assert "C3" in floor.ephemeral("ben", "general")[-1]
    absences.enter(floor.services, "U0CHLOE", (now, when[1]), "sick", "", "U0CHLOE", utcnow())
    assert "2nd in the queue, nobody is free of 1 on shift" in board(floor, "C2")
    with floor.services.database.reading() as session:
        ask = floor.services.get(Registry).ask(CASE_FIGURES)
        people_by_team = {figure.team: figure.people for figure in ask(session, floor.services, *when)}
    assert people_by_team == {"Night": 2, "Billing": 2}, "people on shift; otherwise the number in floor.yaml"
    balance = floor.says("ana", "/incident balance") + floor.ephemeral("ana")[-1]
    assert "2 unassigned, 2.0 for each of 1" in balance


def test_similar_cases_of_several_customers_are_proposed_and_become_an_incident(floor: TestFloor) -> None:
    background_cases = [
        case(n, opened_at=ago(hours=200 - 4 * n), title=f"{word} {n}") for n, word in enumerate(SUBJECTS)
    ]
    assert post(floor, *background_cases).json()["new"] == len(background_cases)
    floor.tick()
    assert "similar cases" not in floor.visible_text("incidents")
    # A date read in the wrong order is no reason to forget the others.
    post(floor, case(99, opened_at=ago(days=-300), title="Opened next year"))

    similar_cases = [case(100 + n, opened_at=ago(minutes=20 - 2 * n), title=title) for n, title in enumerate(ALIKE)]
    post(floor, *similar_cases)
    floor.tick()
    proposal = floor.visible_text("incidents")
    assert "similar cases* of" in proposal
    assert "in common: portal" in proposal
    post(floor, *similar_cases)
    floor.tick()
    assert floor.visible_text("incidents").count("similar cases* of") == 1

    floor.ana.clicks(ids.DECLARE, channel="incidents")
    assert not floor.ana.submits().closed, "shared words are no headline for executives and partners"
    floor.ana.fills(ids.TITLE, "Customers cannot log in to the portal")
    assert floor.ana.submits().closed
    floor.settle()
    assert "It is incident 1, said" in floor.visible_text("incidents")
    linked_count = sum(note.startswith("is part of incident 1") for note in notes(floor))
    assert linked_count >= 5
    assert notes(floor).count("is part of incident 1: S2 Customers cannot log in to the portal") == linked_count
    channel = next(candidate.name for candidate in floor.ana.channels() if candidate.name.startswith("inc-1"))
    (described,) = re.findall(r"\d similar cases, the first at (.+)", floor.visible_text(channel))
    assert re.fullmatch(r"<!date\^\d+\^\{time\}\|\d\d:\d\d UTC>: [^·]+ \(C10\d(, C10\d)+\)", described), (
        "one line, which the card shows in full"
    )
    floor.says("ana", "/incident update Vendor restarts the login service", channel=channel)
    floor.says("ana", "/incident resolve login restarted", channel=channel)
    floor.tick()
    assert sum("incident 1 is resolved" in note for note in notes(floor)) == linked_count

    # It breaks again after the incident was resolved, so the alerts channel is asked again.
    floor.passes(hours=2)
    post(floor, *similar(300, ALIKE))
    floor.tick()
    assert floor.visible_text("incidents").count("similar cases* of") == 2
    assert "*7 similar cases* of 7 customers" in floor.visible_text("incidents")
    assert notes(floor).count("is part of incident 1: S2 Customers cannot log in to the portal") == linked_count

    floor.says("ana", "/incident close", channel=channel)
    floor.tick()
    assert any("No guide is about incident 1" in text for text in floor.direct_texts("ana"))
    floor.ana.clicks(ids.WRITE, channel="dm")
    assert "Ana Reyes resolved it" in str(floor.ana.modal), "what ended it is the first thing to try"
    floor.ana.fills(ids.TEXT, "Restart the login service; ask the vendor for its state")
    floor.ana.fills(ids.PERSON, "ana")
    assert "Choose a colleague" in floor.ana.submits().errors[ids.PERSON]
    floor.ana.fills(ids.PERSON, "ben")
    assert floor.ana.submits().closed
    floor.settle()
    with floor.services.database.transaction() as session:
        draft = next(row for row in rows(floor, "knowledge_gaps"))
        assert draft["state"] == "in review"
        purge_text.remove_text(session, floor.services.get(Registry), 1)
        assert guide_draft_tables.locked(session, draft["id"]).text == "[removed]", (
            "a draft that is not a guide yet is purged"
        )
        session.rollback()
    floor.ben.clicks(ids.PUBLISH, channel="dm")
    floor.settle()
    kinds = [row["kind"] for row in rows(floor, "timeline_entries") if row["kind"].startswith("guide_")]
    assert kinds == ["guide_missing", "guide_to_review", "guide_published"]
    with floor.services.database.transaction() as session:
        purge_text.remove_text(session, floor.services.get(Registry), 1)
        [guide] = case_facts.GUIDES.rows(session, 1, str)
        assert guide[:5] == ("Customers cannot log in to the portal", "published", 1, "U0ANA", "U0BEN")
        session.rollback()
    floor.says("ana", "/incident guide portal login")
    assert "Customers cannot log in to the portal" in floor.ephemeral("ana")[-1]
    floor.ana.clicks(ids.WRITE, channel="dm")
    floor.ana.fills(ids.TITLE, "Nobody gets into the portal")
    floor.ana.fills(ids.TEXT, "Ask the vendor first")
    floor.ana.fills(ids.PERSON, "ben")
    assert floor.ana.submits().closed
    floor.settle()
    floor.says("ana", "/incident guide portal login")
    assert "Customers cannot log in to the portal" in floor.ephemeral("ana")[-1], "until the next version is read"
    floor.says("ana", "/incident guide coffee machine")
    assert "No guide is about" in floor.ephemeral("ana")[-1]

    floor.says("ana", "/incident reopen a customer list is in it", channel=channel)
    floor.says("ana", "/incident private it names customers", channel=channel)
    floor.settle()
    floor.ben.clicks(ids.PUBLISH, channel="dm")
    floor.settle()
    assert "I do not know this guide any more" in floor.direct_texts("ben")[-1]
    floor.says("ana", "/incident guide portal login")
    assert "No guide is about" in floor.ephemeral("ana")[-1]


def test_similar_cases_are_linked_to_an_open_incident_or_unrelated_and_nobody_decides_twice(
    floor: TestFloor,
) -> None:
    background_cases = [
        case(n, opened_at=ago(hours=200 - 4 * n), title=f"{word} {n}") for n, word in enumerate(SUBJECTS)
    ]
    post(floor, *background_cases)
    floor.tick()
    post(floor, *similar(100, ALIKE))
    floor.tick()
    floor.ana.clicks(ids.IS_INCIDENT, channel="incidents")
    assert "No incident is open" in str(floor.ana.modal)
    floor.ana.closes()
    floor.declares("S2 Portal login fails")
    floor.ana.clicks(ids.IS_INCIDENT, channel="incidents")
    floor.ben.clicks(ids.NOT_RELATED, channel="incidents")
    floor.ana.fills(ids.INCIDENT, "1")
    assert floor.ana.submits().closed
    floor.settle()
    assert "cases are part of incident 1 now" in floor.direct_texts("ana")[-1]
    assert "It is incident 1, said <@U0ANA>" in floor.visible_text("incidents")
    assert [row["kind"] for row in rows(floor, "timeline_entries")].count("cases_linked") == 1
    linked_count = notes(floor).count("is part of incident 1: S2 Portal login fails")
    assert linked_count >= 5
    floor.ben.fills(ids.REASON, "They are two things")
    assert "has decided about these cases already: incident 1" in str(floor.ben.submits().errors)

    floor.declares("S2 Login server is down")
    channel = next(candidate.name for candidate in floor.ana.channels() if candidate.name.startswith("inc-1"))
    floor.says("ana", "/incident merge 2", channel=channel)
    floor.settle()
    assert "It is incident 2, said <@U0ANA>" in floor.visible_text("incidents")
    moved_count = notes(floor).count("is part of incident 2: S2 Login server is down")
    assert moved_count == linked_count
    floor.passes(minutes=20)
    post(floor, *similar(150, ALIKE[:4]))
    floor.tick()
    assert notes(floor).count("is part of incident 2: S2 Login server is down") > moved_count

    channel = next(candidate.name for candidate in floor.ana.channels() if candidate.name.startswith("inc-2"))
    floor.says("ana", "/incident private names of customers", channel=channel)
    floor.settle()
    assert "It is an incident, said <@U0ANA>" in floor.visible_text("incidents")
    assert "It is incident" not in floor.visible_text("incidents")
    with pytest.raises(linking.LinkedToPrivate, match="already: they belong to an incident\\."):
        linking.dismiss(floor.services, 1, "They are two things", "U0BEN", utcnow())

    floor.passes(hours=30)
    # Their source names no customers.
    post(floor, *[each | {"customer": ""} for each in similar(200, PRINTED)])
    floor.tick()
    floor.ana.clicks(ids.NOT_RELATED, channel="incidents")
    floor.ana.fills(ids.REASON, "  ")
    assert "Please write why" in str(floor.ana.submits().errors)
    floor.ana.fills(ids.REASON, "Two <!channel> printers")
    assert floor.ana.submits().closed
    floor.settle()
    floor.tick()
    assert "Not related, said <@U0ANA>" in floor.visible_text("incidents")
    assert notes(floor).count("is part of incident 1: S2 Portal login fails") == linked_count


def similar(first: int, titles: tuple[str, ...]) -> list[dict[str, object]]:
    """Cases of one kind, two minutes apart."""
    return [case(first + n, opened_at=ago(minutes=20 - 2 * n), title=title) for n, title in enumerate(titles)]


def test_the_board_is_paged_filtered_and_reopened_and_a_file_is_discarded(floor: TestFloor) -> None:
    post(floor, *[case(number) for number in range(1, 9)])
    assert "Cases 1–6 of 8." in board(floor)
    floor.ana.clicks(f"{ids.PAGE}.more", channel="general")
    floor.settle()
    assert "Cases 7–8 of 8." in floor.ephemeral("ana")[-1]
    floor.ana.clicks(ids.TAKE, channel="general")
    floor.settle()
    floor.ana.clicks(f"{ids.PAGE}.again", channel="general")
    floor.settle()
    [page] = [text for text in floor.ephemeral("ana") if "Cases 7–8 of 8." in text]
    assert "<@U0ANA>" in page, "the decision is shown on the same page"
    floor.ana.clicks(f"{ids.FILTER}.mine", channel="general")
    floor.settle()
    assert any("Cases 1–1 of 1 (mine)." in text for text in floor.ephemeral("ana"))

    floor.ana.uploads(
        "dm",
        "cases.csv",
        b"Number;Opened at;Priority;State;Assignment group\nINC1;13/05/2099 08:00;Blocker;New;Billing\n",
    )
    floor.settle()
    assert "Unknown priorities, which count as P3 in new cases: Blocker." in floor.visible_text("dm")
    assert "⚠️ 1 of them would be opened in the future, so the zone may be wrong." in floor.visible_text("dm")
    floor.ana.clicks(ids.DISCARD, channel="dm")
    floor.settle()
    assert "Discarded; nothing of it was kept." in floor.visible_text("dm")
    assert "INC1" not in board(floor)


def test_a_step_shows_its_guides_and_a_missing_guide_is_reported(floor: TestFloor) -> None:
    channel = floor.declares("S2 Faxes jam")
    [message] = [
        candidate for candidate in floor.ana.sees(channel) if candidate.visible_text.startswith("📋 *Fax outage*")
    ]
    assert "https://wiki.example.com/vendors" in str(message.visible_text)
    floor.ana.clicks(f"{incident_ids.READ_GUIDE}.0", channel=channel)
    assert "Fax jam" in str(floor.ana.modal)
    assert "the *left* door &lt;!here&gt;" in str(floor.ana.modal)

    (Path(floor.services.floor.cases.guides_folder) / "jam.md").unlink()
    floor.ben.joins(channel)
    floor.ben.clicks(f"{incident_ids.READ_GUIDE}.0", channel=channel)
    floor.settle()
    assert "This guide is not here any more" in floor.ephemeral("ben", channel)[-1]


def test_cases_move_to_the_team_with_less_to_do_and_stay_there(floor: TestFloor) -> None:
    cases = [case(number, owner="" if number % 3 else "ann") for number in range(1, 16)]
    post(floor, *cases, case(20, team="Billing Manila", owner="carl", state="In Progress"))
    lima_cases = [case(number, team="Billing | Lima", owner="luz") for number in range(21, 29)]
    post(floor, *lima_cases)
    floor.says("ana", "/incident balance")
    balance_text = floor.ephemeral("ana")[-1]
    assert "*Billing* (EMEA): 15 to work on, 10 unassigned, 7.5 for each of 2" in balance_text
    assert "Move *7 cases* from Billing to Billing Manila" in balance_text
    floor.tick()
    assert "10 cases wait unassigned for Billing" in "\n".join(floor.direct_texts("farah"))

    floor.ana.clicks(ids.MOVE, channel="general")
    floor.settle()
    assert ": 7. Both teams" in floor.ephemeral("ana")[-1]
    assert "moved 7 cases from Billing to Billing Manila" in floor.direct_texts("ben")[-1]
    assert "moved 7 cases from Billing to Billing Manila" in floor.direct_texts("devi")[-1]
    post(floor, *[case_row | {"updated_at": utcnow(), "priority": "P4"} for case_row in cases])
    floor.says("ana", "/incident balance")
    assert "*Billing Manila* (EMEA): 8 to work on" in floor.ephemeral("ana")[-1]
    post(floor, *[case_row | {"updated_at": utcnow(), "state": "Closed"} for case_row in lima_cases])
    floor.says("ana", "/incident balance")
    floor.ana.clicks(ids.MOVE, channel="general")
    floor.settle()
    assert ": 4. Both teams" in floor.ephemeral("ana")[-1], "cases without a target, too"
    post(floor, *[case_row | {"updated_at": utcnow(), "title": "changed again"} for case_row in cases])
    floor.says("ana", "/incident balance")
    assert "*Billing | Lima* (EMEA): 4 to work on" in floor.ephemeral("ana")[-1], (
        "its source still gives it to Billing"
    )
    floor.passes(minutes=5)
    assert sum("wait unassigned" in text for text in floor.direct_texts("farah")) == 1


def test_idle_cases_are_escalated_once_across_restarts_and_without_a_schedule(floor: TestFloor) -> None:
    first_case = case(1, priority="P1", opened_at=ago(minutes=1), title="All payments fail")
    post(floor, first_case)
    post(floor, case(2, priority="P1", opened_at=ago(minutes=1), title="Portal is empty", team="Nobody's"))
    post(floor, case(3, priority="P1", opened_at=ago(minutes=1), title="Wrong colour"))
    post(floor, case(3, priority="P4", opened_at=ago(minutes=1), title="Wrong colour", updated_at=utcnow()))
    floor.passes(minutes=3)
    assert not floor.direct_texts("ben")
    floor.stop_bot()
    floor.passes(minutes=1, seconds=5)
    floor.start_bot()
    floor.tick()
    first_notice = floor.direct_texts("ben")[-1]
    assert "Customer 1 · Billing · EMEA\nDue <!date" in first_notice, "how long there is to act"
    assert "It has been unassigned for" in first_notice
    assert "Portal is empty" in floor.direct_texts("devi")[-1], (
        "without a manager, the person who processes requests is told at once"
    )
    floor.restart_bot()
    floor.tick()
    assert len(floor.direct_texts("ben")) == 1
    floor.ben.clicks(ids.ACTIONED, channel="dm")
    floor.settle()
    post(floor, first_case | {"title": "All payments failed", "updated_at": utcnow()})
    floor.ana.chooses(ids.MORE, f"{ids.ESCALATE}:1", channel="operations")
    assert "The team's manager is told: @Ben Okafor. It has been unassigned for" in str(floor.ana.modal)
    floor.ana.fills(ids.REASON, "The <!channel> bank calls")
    assert floor.ana.submits().closed
    floor.settle()
    assert "<@U0ANA> escalates it: The &lt;!channel&gt; bank calls" in floor.direct_texts("ben")[-1]
    floor.passes(minutes=10, seconds=5)
    assert "It was escalated 10 min ago, and nobody has answered." in floor.direct_texts("devi")[-1]
    assert sum("unassigned" in text for text in floor.direct_texts("ben")) == 1, "he handles it, whatever changes"
    floor.devi.clicks(ids.ACTIONED, channel="dm")
    floor.settle()
    message_count = len(floor.direct_texts("devi"))
    actions.escalate(floor.services, 1, "The bank calls again", "again", "U0ANA", utcnow())
    floor.ben.clicks(ids.TAKE, channel="operations", value="1")
    floor.settle()
    floor.passes(minutes=14)
    assert not any("begun" in text for text in floor.direct_texts("ben")), "a person who takes it has time to begin"
    floor.passes(minutes=2)
    assert "Billing · EMEA · <@U0BEN>\nDue" in floor.direct_texts("ben")[-1]
    assert "Nobody has begun work on it for" in floor.direct_texts("ben")[-1]
    actions.escalate(floor.services, 1, "The bank calls a third time", "third", "U0ANA", utcnow())
    floor.settle()
    floor.ben.clicks(ids.ACTIONED, channel="dm")
    floor.settle()
    floor.passes(minutes=10, seconds=5)
    assert sum("Portal is empty" in text for text in floor.direct_texts("devi")) == 1
    assert len(floor.direct_texts("devi")) == message_count, "somebody took what was escalated"
    assert not any("Wrong colour" in text for text in floor.direct_texts("ben"))
    assert "Portal is empty" in floor.direct_texts("erik")[-1]

    answers = [
        actions.escalate(floor.services, 2, "It is still empty", f"again {time}", "U0ANA", utcnow())
        for time in range(3)
    ]
    assert answers[0] == "<@U0DEVI> has been told about C2."
    assert "Everybody who can be told about C2 has been told already" in answers[2]
    post(floor, case(2, priority="P1", team="Nobody's", state="Closed", updated_at=utcnow()))
    assert all(row["ended_at"] for row in rows(floor, "case_escalations") if row["case_id"] == 2)

    message_count = len(floor.direct_texts("devi"))
    old = {"priority": "P1", "opened_at": ago(hours=1), "team": "Billing Manila"}
    post(floor, case(11, **(old | {"priority": "P2"})), *[case(number, **old) for number in (12, 13)])
    floor.tick()
    new_messages = floor.direct_texts("devi")[message_count:]
    assert len(new_messages) == 1, "cases that are due at the same time are one message"
    named_cases = re.findall(r"\*(C\d+)\* P\d", new_messages[0])
    assert named_cases == ["C12", "C13", "C11"], "the highest priority first"
    clock = next(row["id"] for row in rows(floor, "case_escalations") if row["case_id"] == 5)
    floor.devi.clicks(ids.ACTIONED, channel="dm", value=str(clock))
    floor.settle()
    assert [row["case_id"] for row in rows(floor, "case_escalations") if row["answered_by"] == "U0DEVI"][-1] == 5
    [handled] = [text for text in floor.direct_texts("devi") if "*C13*" in text]
    assert handled.count("I'll handle it") == 2
    assert handled.count("✅ <@U0DEVI> handles it.") == 1, "what is left to handle is seen in the message"


SUBJECTS = (
    *("Invoice wrong", "Address changed", "Refund asked", "Card declined", "Contract ended", "Tariff unclear"),
    *("Router broken", "Delivery late", "Parcel lost", "Password forgotten", "Name misspelt", "Meter reading"),
    *(
        "Discount missing",
        "Voucher expired",
        "Language wrong",
        "Callback wanted",
        "Complaint about noise",
        "Tax form",
    ),
    *("Seat changed", "Booking cancelled", "Upgrade wanted", "Points missing", "Receipt lost", "Opening hours"),
    *("Parking full", "Lift stuck", "Heating cold", "Key lost", "Pool closed", "Breakfast missing", "Wifi slow"),
    *("Bill unpaid", "Loan question", "Insurance claim", "Damage report", "Warranty ended", "Spare part"),
)
ALIKE = (
    *("Cannot log in to the portal", "Portal login fails", "Login to portal not possible"),
    *(
        "can't login to portal",
        "Portal: login fails with an error",
        "Unable to log in to portal",
        "Portal login down",
    ),
    *("Login fails on portal", "Portal login fails again", "Cannot login to the portal"),
)
PRINTED = (
    *("Printer jams on paper", "Paper jam in the printer", "Printer: paper stuck", "Paper stuck in printer"),
    *("Printer paper jams again", "Cannot print: paper jam", "Printer jam, paper inside", "Paper jam printer"),
)
