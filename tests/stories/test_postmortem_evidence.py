"""Every number in a draft leads to an entry of the timeline, and its address to a message that is there."""

import re

from tests.floor import TestFloor
from tests.stories.record import post_mortem_files, post_mortems, rows
from tests.stories.test_ending import lived_through

NUMBERED = re.compile(r"\[\\\[(\d+)\\\]\]\[(\d+)\]")
ADDRESS = re.compile(r"^\[(\d+)\]: https://sandbox\.example/archives/(\w+)/p(\d{10})(\d{6})$", re.MULTILINE)
# What has no evidence: headings of tables, questions for people, what is unknown, what explains the document.
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


def test_every_reference_of_a_generated_draft_leads_to_its_evidence(floor: TestFloor) -> None:
    lived_through(floor)
    [draft] = post_mortems(floor, "ana")
    entries = {row["id"]: row for row in rows(floor, "timeline_entries") if row["incident_id"] == 1}
    addresses = {int(number): (channel, f"{s}.{us}") for number, channel, s, us in ADDRESS.findall(draft)}

    quoted = {int(shown) for shown, target in NUMBERED.findall(draft) if shown == target}

    assert len(quoted) > 30
    assert quoted <= set(entries)
    assert quoted <= set(addresses)
    channels = floor.sandbox.workspace.channels
    shown = {number: channels[addresses[number][0]].messages.get(addresses[number][1]) for number in quoted}
    deleted = {number for number in quoted if "deleted" in str(entries[number]["facts"])}
    assert {number for number, message in shown.items() if message is None} == deleted
    for number, message in shown.items():
        if entries[number]["kind"] == "message" and message is not None:
            assert message.ts == entries[number]["message_ts"]
        if entries[number]["kind"] == "update_sent" and message is not None:
            assert "update" in message.words.lower()


def test_every_line_of_a_generated_draft_has_a_reference_or_says_what_is_missing(floor: TestFloor) -> None:
    lived_through(floor)
    [draft] = post_mortems(floor, "ana")
    body = draft.split("## In short", 1)[1]

    after = [*body.splitlines()[1:], ""]
    rows_and_lines = [
        line
        for line, below in zip(body.splitlines(), after, strict=True)
        if re.match(r"- |\d+\. |\| ", line) and not below.startswith("|--")
    ]
    bare = [line for line in rows_and_lines if not NUMBERED.search(line)]

    assert len(rows_and_lines) > 100
    assert [line for line in bare if not any(sign in line for sign in (*OF_ITS_OWN, "unknown"))] == []


def test_the_page_holds_the_picture_and_needs_no_other_file(floor: TestFloor) -> None:
    lived_through(floor)

    pages = {name: page for name, page in post_mortem_files(floor, "ana") if name.endswith(".html")}

    assert set(pages) == {"post-mortem-1.html", "post-mortem-1-leadership.html"}
    assert 'src="data:image/png;base64,iVBOR' in pages["post-mortem-1.html"]
    assert not re.search(r'src="(?!data:)|<link|<script', "".join(pages.values()))
    assert "Ana Reyes" not in pages["post-mortem-1-leadership.html"]
