"""Finding incidents: open, closed, a person's own, by text, page by page."""

from bot.incidents import ids as incident_ids
from bot.incidents.home import MAX_INCIDENTS_AT_START
from bot.screens.incident_list import ids
from bot.screens.incident_list.listeners import list_page
from bot.screens.incident_list.rules import Filter
from tests.floor import TestFloor
from tests.stories.test_click_cost import count_statements


def test_incidents_are_listed_by_state_text_and_person(floor: TestFloor) -> None:
    crm = floor.declares("S1 CRM is slow in Bogota", who="ana")
    ivr = floor.declares("S2 IVR down in Manila", who="ben")
    floor.says("ana", "/incident impact agents cannot see invoices", crm)
    floor.says("ana", "/incident brief", crm)
    floor.ana.fills("cause", "Expired certificate")
    floor.ana.fills("certainty", "known")
    floor.ana.submits()
    floor.says("ana", "/incident resolve repaired", crm)
    floor.says("hana", "/incident drill S0 Typhoon over Cebu")
    floor.says("ben", "/incident list")
    listed = floor.ephemeral("ben")[-1]
    assert listed.index("IVR down") < listed.index("Typhoon") < listed.index("CRM is"), "running, drill, resolved"
    floor.says("ana", "/incident close", crm)

    assert "Open incidents" in floor.says("chloe", "/incident list")
    assert "IVR down in Manila" in floor.ephemeral("chloe")[-1]
    assert "CRM" not in floor.ephemeral("chloe")[-1].partition("search crm")[0]
    for command in (
        "list closed",
        "search bogotá last 7 days",
        "list INVOICES",
        "search certificate",
        "list mine closed s1",
        "find crm",
    ):
        floor.says("ana", f"/incident {command}")
        assert "CRM is slow in Bogota" in floor.ephemeral("ana")[-1], command
        assert "IVR down" not in floor.ephemeral("ana")[-1], command
    floor.says("ben", "/incident list mine closed since 2026-13-01 last 7 days")
    assert "My closed incidents: last 7 days, “2026-13-01”\nNo incident matches. Try" in floor.ephemeral("ben")[-1]
    floor.says("ben", "/incident list S4")
    assert "Open incidents: S4\nNo incident matches.\n" in floor.ephemeral("ben")[-1], "no advice about words"

    floor.says("hana", "/incident search")
    floor.hana.fills("Site", ["Manila"])
    floor.hana.submits()
    assert "IVR down in Manila" in str(floor.hana.modal)
    assert "CRM" not in str(floor.hana.modal)

    floor.says("ben", "/incident resolve repaired", ivr)
    floor.says("ben", "/incident close", ivr)
    floor.says("ana", "/incident list mine closed last 2 days")
    floor.ana.clicks(ids.FILTER, channel="general")
    floor.ana.submits()
    assert "My closed incidents: last 2 days" in str(floor.ana.modal)
    assert "IVR down" not in str(floor.ana.modal), "it shows what the form was opened for"

    floor.says("ana", f"/incident search crm {' '.join(f'word{number}' for number in range(300))}")
    floor.ana.clicks(ids.FILTER, channel="general")
    assert "Find incidents" in str(floor.ana.modal)
    assert "crm word0" in str(floor.ana.modal)


def test_a_private_incident_is_found_only_by_its_people(floor: TestFloor) -> None:
    floor.says("ana", "/incident declare S1")
    floor.ana.fills("What is wrong?", "Customer data leaked")
    floor.ana.fills("Who may see it?", ["private"])
    floor.ana.submits()
    floor.settle()

    for command in ("list", "list all", "search leaked", "list S1", ""):
        floor.says("ben", f"/incident {command}")
        assert "leaked" not in floor.ephemeral("ben")[-1].partition("“")[0], command
    floor.says("ana", "/incident search leaked")
    assert "Customer data leaked · 🔒 private" in floor.ephemeral("ana")[-1]
    floor.says("ana", "/incident")
    assert "Customer data leaked · 🔒 private" in floor.ephemeral("ana")[-1]


def test_the_command_alone_shows_what_is_open_and_how_to_begin(floor: TestFloor) -> None:
    floor.says("ben", "/incident")
    assert "Nothing is open." in floor.ephemeral("ben")[-1]
    floor.ben.clicks(incident_ids.HELP, channel="general")
    floor.settle()
    assert "`/incident oncall mine` your shifts" in floor.ephemeral("ben")[-1]
    floor.ben.clicks(incident_ids.DECLARE, channel="general")
    floor.ben.fills("What is wrong?", "IVR down in Manila")
    assert floor.ben.submits().closed
    floor.settle()
    floor.declares("S3 CRM is slow", who="ben")
    for title in ("printer out of paper", "chat widget slow", "wallboard frozen", "lift stuck"):
        floor.declares(f"S4 {title}", who="ben")

    assert floor.says("ana", "/incident") == f"{MAX_INCIDENTS_AT_START + 1} open"
    start = floor.ephemeral("ana")[-1]
    assert "IVR down in Manila – investigating, *nobody leads*" in start
    assert start.count("investigating") == MAX_INCIDENTS_AT_START
    assert f"{MAX_INCIDENTS_AT_START + 1} are open. `/incident list` shows all" in start


def test_a_long_list_has_pages_of_one_query_each(floor: TestFloor) -> None:
    for number in range(1, 13):
        floor.declares(f"S3 headset{number} hums")

    with count_statements(floor) as statements:
        list_page(floor.services, Filter(), floor.ana.id)
    assert sum("FROM incidents" in statement for statement in statements) == 1
    floor.says("ana", "/incident list")
    assert "headset12 hums" in floor.ephemeral("ana")[-1]
    assert "headset1 hums" not in floor.ephemeral("ana")[-1]
    floor.ana.clicks(f"{ids.PAGE}.more", channel="general")
    floor.settle()

    assert "page 2" in floor.ephemeral("ana")[-1]
    assert "headset1 hums" in floor.ephemeral("ana")[-1]
