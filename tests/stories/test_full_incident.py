"""The draft of an incident in which everything happened, and the evidence for each of its numbers."""

import re
from collections.abc import Iterator

import pytest

from bot.handovers import ids as handover_ids
from bot.partners import ids as partner_ids
from tests.floor import TestFloor
from tests.stories.conftest import PLAYBOOKS
from tests.stories.record import post_mortem_files, post_mortems, rows, seen_in, table_of

NUMBERED = re.compile(r"\[\\\[(\d+)\\\]\]\[(\d+)\]")
ADDRESS = re.compile(r"^\[(\d+)\]: https://sandbox\.example/archives/(\w+)/p(\d{10})(\d{6})$", re.MULTILINE)
# Lines without evidence: table headings, questions for people, unknowns, explanations of the document.
OF_ITS_OWN = (
    "unknown",
    "What ",
    "Where ",
    "None",
    "No similar",
    "Acknowledged:",
    "No update",
    "3 left open",
    "Front line |",
)


def full_incident(floor: TestFloor) -> str:
    """Run an incident with everything in it; return its channel."""
    channel = floor.declares("S1 IVR down in Manila")
    floor.says("ana", "/incident claim", channel)
    floor.passes(minutes=5)
    first = floor.devi.says("Agents hear *silence* | <https://status.example/x|carrier page>", channel=channel)
    floor.devi.says("typo", channel=channel)
    floor.devi.edits(channel=channel, ts=floor.devi.sees(channel)[-1].ts, text="the trunk & no typo")
    unrelated = floor.devi.says("this was about something else", channel=channel)
    floor.devi.deletes(channel=channel, ts=unrelated.ts)
    floor.devi.says("me too", channel=channel, thread_ts=first.ts)
    floor.devi.uploads(channel, "wallboard.png", b"png", "see here")
    floor.devi.reacts("pushpin", channel=channel, ts=first.ts)
    floor.settle()
    floor.passes(minutes=10)
    floor.says("ana", "/incident severity S0 Cebu too", channel)
    floor.says("ana", "/incident impact All voice <!channel> customers", channel)
    floor.passes(minutes=20)
    floor.says("ana", "/incident status mitigated rerouted to Pune", channel)
    floor.passes(minutes=25)
    floor.says("ana", "/incident resolve trunk replaced", channel)
    floor.says("ana", "/incident close", channel)
    return channel


@pytest.fixture(scope="module")
def full_floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestFloor]:
    """The floor after it; the tests only read."""
    with TestFloor(tmp_path_factory.mktemp("floor"), playbooks_dir=PLAYBOOKS) as floor:
        full_incident(floor)
        yield floor
        floor.nothing_was_malformed()


def test_the_draft_holds_everything_that_was_recorded(full_floor: TestFloor) -> None:

    [draft] = post_mortems(full_floor, "ana")

    severities = table_of(draft, "Severity history")
    assert [[row[0], row[2], row[4]] for row in severities] == [
        ["S1", "15 min", "–"],
        ["S0", "45 min", "Cebu too"],
    ]
    milestones = {row[0]: row[1] for row in table_of(draft, "Milestones")}
    assert milestones["Started"].startswith("unknown – ask the commander")
    assert "unknown" not in milestones["Mitigated"]
    figures = {row[0]: row[1:] for row in table_of(draft, "Figures")}
    assert figures["Time to resolve, from the declaration"] == ["Declared → Resolved", "1 h 00 min"]
    assert figures["Time to mitigate, from the declaration"] == ["Declared → Mitigated", "35 min"]
    assert figures[r"Time to resolve \(TTR\)"][1] == "unknown – ask the commander: “Started” is not on record"
    assert ["Commander", "Commander", "Ana Reyes"] in table_of(draft, "People")
    sent = table_of(
        draft.replace("| Audience | Promised for", "## Promises\n| Audience | Promised for"), "Promises"
    )
    assert {row[0] for row in sent} == {"Operations", "Executives", "Engineering", "Partners", "Front line"}
    assert all(row[2] != "not sent" for row in sent)
    assert ["Call the carrier", "open", "–", "–", "–"] in table_of(draft, "Playbook")


def test_the_draft_quotes_every_message_with_names_and_without_markup(full_floor: TestFloor) -> None:

    [draft] = post_mortems(full_floor, "ana")

    assert r"another participant: Agents hear \*silence\* \| carrier page \(https://status.example/x\)" in draft
    assert r"another participant: the trunk &amp; no typo \[said before: typo\]" in draft
    assert "another participant deleted a message" in draft
    assert "this was about something else" not in draft
    assert r"another participant: me too \[in a thread\]" in draft
    assert r"another participant: see here \[files: wallboard.png\]" in draft
    assert "📌 another participant: Agents hear" in draft
    assert "## Decisive moments" in draft
    assert "<!" not in draft
    assert "<@" not in draft
    assert "U0" not in seen_in(draft)
    assert draft.count("Devi Nair") == 1, "names are at the end only"


def test_every_reference_of_a_generated_draft_leads_to_its_evidence(full_floor: TestFloor) -> None:
    [draft] = post_mortems(full_floor, "ana")
    entries = {row["id"]: row for row in rows(full_floor, "timeline_entries") if row["incident_id"] == 1}
    addresses = {
        int(number): (channel, f"{seconds}.{microseconds}")
        for number, channel, seconds, microseconds in ADDRESS.findall(draft)
    }

    quoted_numbers = {int(label) for label, target in NUMBERED.findall(draft) if label == target}

    assert len(quoted_numbers) > 30
    assert quoted_numbers <= set(entries)
    assert quoted_numbers <= set(addresses)
    channels = full_floor.sandbox.workspace.channels
    messages = {
        number: channels[addresses[number][0]].messages.get(addresses[number][1]) for number in quoted_numbers
    }
    deleted_numbers = {number for number in quoted_numbers if "deleted" in str(entries[number]["facts"])}
    assert {number for number, message in messages.items() if message is None} == deleted_numbers
    for number, message in messages.items():
        if entries[number]["kind"] == "message" and message is not None:
            assert message.ts == entries[number]["message_ts"]
        if entries[number]["kind"] == "update_sent" and message is not None:
            assert "update" in message.visible_text.lower()


def test_every_line_of_a_generated_draft_has_a_reference_or_says_what_is_missing(full_floor: TestFloor) -> None:
    [draft] = post_mortems(full_floor, "ana")
    body = draft.split("## In short", 1)[1]

    next_lines = [*body.splitlines()[1:], ""]
    rows_and_lines = [
        line
        for line, next_line in zip(body.splitlines(), next_lines, strict=True)
        if re.match(r"- |\d+\. |\| ", line) and not next_line.startswith("|--")
    ]
    bare = [line for line in rows_and_lines if not NUMBERED.search(line)]

    assert len(rows_and_lines) > 100
    assert [line for line in bare if not any(sign in line for sign in (*OF_ITS_OWN, "unknown"))] == []


def test_the_page_contains_the_picture_and_needs_no_other_file(full_floor: TestFloor) -> None:

    pages = {name: page for name, page in post_mortem_files(full_floor, "ana") if name.endswith(".html")}

    assert set(pages) == {"post-mortem-1.html", "post-mortem-1-leadership.html"}
    assert 'src="data:image/png;base64,iVBOR' in pages["post-mortem-1.html"]
    assert not re.search(r'src="(?!data:)|<link|<script', "".join(pages.values()))
    assert "Ana Reyes" not in pages["post-mortem-1-leadership.html"]


def test_the_draft_of_a_reopened_incident_tells_who_led_what_partners_answered_and_that_it_came_back(
    floor: TestFloor,
) -> None:
    channel = floor.declares("S1 IVR down at Northline and Telvia")
    floor.says("ana", "/incident claim commander", channel)
    for outgoing, incoming in (("ana", "devi"), ("devi", "ben")):
        floor.says(outgoing, f"/incident handover <@{floor.sandbox.person(incoming).id}>", channel)
        assert floor.sandbox.person(outgoing).submits().closed
        floor.settle()
        floor.sandbox.person(incoming).clicks(handover_ids.ACCEPT)
        floor.settle()
        floor.says(incoming, f"/incident note decision: {incoming} decides", channel)
    floor.passes(minutes=16)
    floor.olga.clicks(partner_ids.RECEIVED, channel="partner-northline")
    floor.settle()
    floor.says("ben", "/incident partners phoned Telvia 12", channel)
    floor.says("ben", "/incident brief", channel)
    floor.ben.fills("cause", "an expired certificate")
    floor.ben.submits()
    floor.settle()
    floor.says("ben", "/incident resolve renewed in Manila", channel)
    floor.passes(minutes=5)
    floor.says("ben", "/incident reopen Cebu has it too", channel)
    floor.says("ben", "/incident resolve renewed in Cebu", channel)
    floor.says("ben", "/incident close", channel)

    [draft] = post_mortems(floor, "ben")

    people = {row[2]: row[:2] for row in table_of(draft, "People")}
    assert people["Devi Nair"] == ["second Commander", "Commander"]
    assert people["Ben Okafor"] == ["third Commander", "Commander"]
    partners = {row[0]: row[2:] for row in table_of(draft.replace("### Partners", "## Partners"), "Partners")}
    assert partners["Telvia"][1] == "12"
    assert "no answer" not in str(partners)
    moments = draft.split("## Decisive moments", 1)[1].split("## ", 1)[0]
    for moment in (
        "the cause",
        "expired certificate",
        "renewed in Manila",
        "reopened it: Cebu has it too",
        "Resolved",
    ):
        assert moment in moments
