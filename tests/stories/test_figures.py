"""Figures of an incident: dropped, typed and sent by another system; shown, drawn, used for what-ifs."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.impact import ids
from bot.incidents import ids as incident_ids
from bot.runtime.clock import utcnow
from bot.sources.signatures import sign
from slack_sandbox import file_sharing
from slack_sandbox.model import Channel
from tests.floor import TestFloor
from tests.stories.command_line import Typed
from tests.stories.record import post_mortem_files, rows, timeline
from tests.stories.seen_updates import updates

HALF_HOUR = timedelta(minutes=30)


def this_half_hour() -> datetime:
    now = int(utcnow().timestamp())
    return datetime.fromtimestamp(now - now % 1800, UTC)


def csv_of(*rows: tuple[datetime, str, int, int, int]) -> bytes:
    """Billing's and Orders' export: start, queue, offered, answered in 20 seconds, agents."""
    header = "Queue,Site,Interval start,Offered,Answered,Answered in 20 seconds,Abandoned,AHT,ASA,Forecast"
    lines = [f"{header},Agents staffed,Agents scheduled,Available"]
    for start, queue, offered, in_time, agents in rows:
        answered = max(in_time, offered - 20)
        cells = (offered, answered, in_time, offered - answered, 300, 45, 200, agents, agents + 10, 2)
        lines.append(f"{queue},Manila,{start:%Y-%m-%dT%H:%M}Z,{','.join(map(str, cells))}")
    return "\n".join([*lines, "Total,,,,,,,,,,,,"]).encode()


def drop(floor: TestFloor, channel: str | None, content: bytes, name: str = "report.csv") -> None:
    floor.ana.uploads(channel, name, content)
    floor.settle()
    floor.tick()


def press(floor: TestFloor, action: str, channel: str) -> None:
    floor.ana.clicks(action, channel=channel)
    floor.settle()
    floor.tick()


def figures(floor: TestFloor, channel: str) -> str:
    floor.says("ana", "/incident figures", channel=channel)
    return floor.ephemeral("ana", channel)[-1]


def test_a_dropped_file_is_shown_used_and_warns_on_the_card_and_in_the_channel(floor: TestFloor) -> None:
    channel = floor.declares()
    start = this_half_hour()
    drop(floor, channel, csv_of((start - HALF_HOUR, "Billing", 200, 190, 40), (start, "Billing", 120, 60, 40)))

    preview = floor.visible_text(channel)
    assert "2 intervals of Billing" in preview
    first, end = (f"{at:%d %b %Y %H:%M}" for at in (start - HALF_HOUR, start + HALF_HOUR))
    assert f"{first} to {end} UTC, 30 min each" in preview
    assert "Answered in 20 seconds → answered within the threshold" in preview
    assert "line 4: a row of totals" in preview
    assert "There are no figures" in figures(floor, channel)
    assert "Service level" not in floor.card(channel)

    press(floor, ids.USE, channel)

    assert "2 intervals of report.csv count now" in floor.visible_text(channel)
    warning = "🟠 *Billing · Manila*: service level 50 %, below the warning limit of 64 % (goal 80 %)"
    assert f"{warning}, interval from <!date" in floor.live_markup(channel)
    assert "📊 Service level 50 % (goal 80 %)" in floor.card(channel)
    assert [row["kind"] for row in timeline(floor, "figures_warning")] == ["figures_warning"]
    for title in ("S2 CRM slow in Cebu", "S2 Dialer slow"):
        other_channel = floor.declares(title)
        floor.tick()
        assert "Service level" not in floor.card(other_channel), "that outage is another one"
        screen = figures(floor, other_channel)
        assert "no figures of this incident's queues yet; 1 other queue has figures" in screen

    floor.says("ana", "/incident impact", channel=channel)
    assert "Service level 50 % (goal 80 %)" in str(floor.ana.modal["blocks"])
    floor.ana.fills("impact", "Half the calls are lost")
    assert floor.ana.submits().closed

    floor.passes(minutes=30)
    drop(
        floor,
        channel,
        csv_of((start + HALF_HOUR, "Billing", 200, 195, 40), (start, "Billing", 121, 60, 40)),
        "b.csv",
    )
    press(floor, ids.USE, channel)
    figure_lines = [
        line for line in floor.live_markup(channel).splitlines() if "*Billing · Manila*: service level" in line
    ]
    assert [line.partition(", interval")[0] for line in dict.fromkeys(figure_lines)][1:] == [
        "🟢 *Billing · Manila*: service level 97.5 %, back above the warning limit of 64 % (goal 80 %)"
    ]
    screen = figures(floor, channel)
    assert "restated" not in screen, "the first report came before the interval was over"
    drop(floor, channel, csv_of((start, "Billing", 122, 60, 40)), "c.csv")
    floor.passes(minutes=1)  # a channel accepts one message a second
    press(floor, ids.USE, channel)
    screen = figures(floor, channel)
    assert "1 interval restated" in screen
    assert "• c.csv by <@U0ANA>, corrected at " in screen, "who imported it, when, and that values were corrected"

    floor.says("ana", "/incident resolve trunk replaced", channel)
    floor.says("ana", "/incident close", channel)
    assert "service level" in updates(floor, "executives")[-1]
    [page] = [page for name, page in post_mortem_files(floor, "ana") if name == "post-mortem-1.html"]
    assert "Interval (UTC)" in page, "the rest of the document is in the floor's zone"
    cost = page.partition("Contacts lost, without a total: ")[2].partition("</li>")[0]
    assert "gave up; the usual number is not known" in cost
    assert "n/a" not in cost
    assert "ask the queue manager: customers affected" not in page, "the figures show it"
    assert 'class="chart" src="data:image/png;base64,iVBOR' in page
    assert "Interval by interval" in page
    assert "<th>Staffed</th><th>Adherence</th><th>Occupancy</th>" in page.replace(' scope="col"', "")
    assert "Adherence: staffed time as a share of scheduled time" in page
    assert re.search(r"From: c\.csv, Ana Reyes, corrected at [-‑\d]+ [:\d]+; b\.csv, Ana Reyes, ", page)


def test_columns_are_corrected_and_the_next_file_of_that_shape_is_read_the_same_way(floor: TestFloor) -> None:
    channel = floor.declares()
    start = this_half_hour()
    drop(floor, channel, b"Queue,Offered,Answered\nBilling,120,100\n")
    assert "says when its intervals begin" in floor.visible_text(channel)

    text = "Interval start,Angebote,Answered,AHT\n{:%Y-%m-%d %H:%M},120,100,300\n"
    drop(floor, channel, text.format(start).encode(), "odd.csv")
    assert "The file names no queue: add it under" in floor.visible_text(channel)
    assert "Left out" not in floor.visible_text(channel), "the reason is the same for every row"
    floor.ana.clicks(ids.COLUMNS, channel=channel)
    floor.ana.fills(ids.QUEUE, "Chat <!channel>")
    floor.ana.fills(f"{ids.COLUMN}.1", "offered")
    assert floor.ana.submits().closed
    floor.settle()
    assert "1 interval of Chat &lt;!channel&gt;" in floor.live_markup(channel)
    assert "Angebote → offered" in floor.visible_text(channel)
    press(floor, ids.USE, channel)

    drop(floor, channel, text.format(start - HALF_HOUR).encode(), "next.csv")
    assert floor.live_markup(channel).count("1 interval of Chat") == 1
    press(floor, ids.USE, channel)
    assert "1 interval of next.csv counts now" in floor.visible_text(channel)
    floor.nothing_was_malformed()


def test_a_file_with_times_of_another_zone_or_day_says_so_before_any_of_it_counts(floor: TestFloor) -> None:
    channel = floor.declares()
    header, start = "Interval start,Queue,Offered,Answered", this_half_hour()
    rows = [f"{start + hours * 2 * HALF_HOUR:%Y-%m-%d %H:%M},Billing,12,10" for hours in (0, 8)]
    drop(floor, channel, "\n".join([header, *rows]).encode(), "manila.csv")
    preview = floor.visible_text(channel)
    assert "1 interval of Billing" in preview
    assert "line 3: its interval is still to come, so only a forecast of it can be known" in preview
    assert "so its times are probably not those of UTC" in preview
    drop(floor, channel, csv_of((start + 8 * HALF_HOUR, "Support", 120, 60, 40)), "planned.csv")
    floor.passes(minutes=1)
    warnings = floor.visible_text(channel).count("so its times are probably not those of UTC")
    assert warnings == 2, "though its forecast could be used"
    assert "ended before this incident was declared" not in preview

    yesterday = f"{start - timedelta(days=1):%Y-%m-%d %H:%M},Billing,12,10"
    drop(floor, channel, "\n".join([header, yesterday]).encode(), "yesterday.csv")
    assert "All of these intervals ended before this incident was declared" in floor.visible_text(channel)

    press(floor, ids.USE, channel)
    drop(floor, channel, csv_of((start, "Billing", 120, 60, 40)), "with-site.csv")
    floor.passes(minutes=1)  # a channel accepts one message a second
    warning = "Billing · Manila would count as another queue beside Billing. If they are the same"
    assert warning in floor.visible_text(channel)
    floor.ana.clicks(ids.DISCARD, channel=channel)


def test_a_file_that_is_not_a_table_of_figures_is_answered_in_its_thread(floor: TestFloor) -> None:
    channel = floor.declares()
    drop(floor, channel, b"name,colour\nAna,blue\n", "people.csv")
    refusal = floor.visible_text(channel)
    assert "No line of people.csv names columns that I know" in refusal
    assert "*Login* and *Locked at* (lockouts), *Number* and *Opened at* (cases)." in refusal
    drop(floor, channel, b"PK\x03\x04 broken", "report.xlsx")
    assert "report.xlsx is neither text nor an xlsx workbook" in floor.visible_text(channel)
    drop(floor, channel, b"name,colour\nAna,blue\n", "<!channel> notes.csv")
    assert "No line of &lt;!channel&gt; notes.csv names columns" in floor.live_markup(channel)
    drop(floor, channel, b"Queue,Offered\nBilling,120\n", "<!here> times.csv")
    floor.passes(minutes=1)  # a channel accepts one message a second
    assert "No column of &lt;!here&gt; times.csv says when" in floor.live_markup(channel)
    message_count = len(floor.ana.sees(channel))
    drop(floor, channel, b"just a picture", "photo.png")
    assert len(floor.ana.sees(channel)) == message_count + 1, "a picture is nobody's figures, and is not answered"


def test_every_file_of_a_message_is_read(floor: TestFloor) -> None:
    channel, workspace = floor.declares(), floor.sandbox.workspace
    _drop_five(floor, workspace.channel(channel), "people-{}.csv", b"name,colour\nAna,blue\n")
    floor.passes_until(lambda: floor.visible_text(channel).count("names columns that I know") == 5, seconds=5)
    for number in range(5):
        assert f"No line of people-{number}.csv names columns that I know" in floor.visible_text(channel)

    floor.ana.says("Rosters:", "dm")
    (direct,) = [
        place for place in workspace.channels.values() if place.is_im and floor.ana.user.id in place.members
    ]
    _drop_five(floor, direct, "roster-{}.ics", b"no calendar")
    assert len(outbox_rows(floor, "roster_file:")) == 5


def _drop_five(floor: TestFloor, place: Channel, name: str, content: bytes) -> None:
    workspace, files = floor.sandbox.workspace, []
    with workspace.lock:
        for number in range(5):
            file = file_sharing.new_file(workspace, floor.ana.user, name.format(number), len(content))
            file.content = content
            files.append(file)
        file_sharing.share(workspace, floor.ana.user, files, place, "", "")
    floor.settle()


def outbox_rows(floor: TestFloor, key: str) -> list[Any]:
    """The outbox rows, pending or finished, for files of this kind."""
    return [row for row in rows(floor, "outbox") if row["key"].startswith(key) and not row["key"].endswith("read")]


def test_rows_left_out_are_counted_and_all_of_them_are_listed_in_a_file(floor: TestFloor) -> None:
    channel, start = floor.declares(), this_half_hour()
    files = floor.sandbox.workspace.files

    def listed() -> list[list[str]]:
        names = [file.content.decode("utf-8-sig") for file in files.values() if file.name.startswith("left-out-")]
        return [text.splitlines() for text in names]

    good_lines = csv_of((start, "Billing", 120, 60, 40)).decode().splitlines()[:2]
    for wrong_count, sentence in ((5, "*Left out* 5 rows"), (6, "… and 1 more, in the file in this thread")):
        rows = [*good_lines, *(f"{start:%Y-%m-%d %H:%M},Billing,wrong <!channel> {n}" for n in range(wrong_count))]
        drop(floor, channel, "\n".join(rows).encode(), f"{wrong_count}.csv")
        assert sentence.replace("*", "") in floor.visible_text(channel).replace("*", "")
    [(header, *lines)] = listed()
    assert (header, len(lines)) == ('"Line","Left out because"', 6)
    press(floor, ids.USE, channel)
    assert len(listed()) == 1, "the same rows are listed once"
    rows = [*good_lines, *(f"{start:%Y-%m-%d %H:%M},Billing,wrong {n}" for n in range(1_200))]
    drop(floor, channel, "\n".join(rows).encode(), "1200.csv")
    floor.passes(minutes=1)  # a channel accepts one message a second
    assert "and 1,195 more, in the file in this thread" in floor.visible_text(channel)
    assert listed()[-1][-1] == '"","and 200 more"'
    drop(floor, channel, "\n".join([*good_lines, good_lines[1]]).encode(), "twice.csv")
    preview = floor.visible_text(channel).partition("twice.csv")[2]
    assert "1 interval of Billing" in preview, "as many as *Use it* will import"
    assert "line 3: its queue and interval were in the file before" in preview
    floor.nothing_was_malformed()


def test_a_queue_whose_name_is_a_number_is_no_other_queue(floor: TestFloor) -> None:
    channel = floor.declares()
    for name in ("R&D", "1", "4711"):
        floor.says("ana", "/incident figures add", channel=channel)
        floor.ana.fills(ids.NEW_QUEUE, name)
        for field, typed in ((ids.OFFERED, "100"), (ids.AHT, "5:00"), (ids.AGENTS, "40")):
            floor.ana.fills(field, typed)
        assert floor.ana.submits().closed
        floor.settle()
        assert f"Kept: {name.replace('&', '&amp;')} at" in floor.ana.direct_messages()[-1].visible_text

    floor.says("ana", "/incident whatif", channel=channel)
    queue_options = floor.ana.modal["blocks"][0]["element"]["options"]
    assert sorted(each["text"]["text"] for each in queue_options) == ["1", "4711", "R&D"]
    floor.ana.fills(ids.QUEUE, "R&D")
    floor.ana.fills(ids.AGENTS_CHANGE, "-6")
    assert floor.ana.submits().closed
    floor.settle()
    assert "*What if agents -6* · R&amp;D\n" in floor.direct_text("ana")
    floor.says("ana", "/incident whatif 1: agents -6", channel=channel)
    assert "*What if agents -6* · 1\n" in floor.ephemeral("ana", channel)[-1]


def test_an_interval_is_typed_on_a_phone_and_a_what_if_is_computed_from_it(floor: TestFloor) -> None:
    channel = floor.declares()
    assert "There are no figures to compute with" in floor.says(
        "ana", "/incident whatif agents -6", channel=channel
    )
    assert "There are no figures" in figures(floor, channel)
    assert "no figures to draw" in floor.says("ana", "/incident figures chart", channel=channel)
    floor.says("ana", "/incident figures add", channel=channel)
    first_start = str(int((this_half_hour() - HALF_HOUR).timestamp()))
    floor.ana.fills(ids.NEW_QUEUE, "Billing")
    floor.ana.fills(ids.INTERVAL, first_start)
    floor.ana.fills(ids.OFFERED, "420")
    floor.ana.fills(ids.AHT, "6:00")
    floor.ana.fills(ids.AGENTS, "ninety")
    floor.ana.fills(ids.ASA, "soon")
    refusal = floor.ana.submits()
    assert set(refusal.errors) == {ids.AGENTS, ids.ASA}
    assert "ninety is not a number" in refusal.errors[ids.AGENTS]
    floor.ana.fills(ids.ASA, "")
    floor.ana.fills(ids.AGENTS, "92")
    floor.ana.fills(ids.ANSWERED, "300")
    floor.ana.fills(ids.ANSWERED_IN, "350")
    assert "More contacts were answered in time" in floor.ana.submits().errors[ids.ANSWERED_IN]
    floor.ana.fills(ids.ANSWERED, "")
    floor.ana.fills(ids.ANSWERED_IN, "")
    floor.ana.fills(ids.SCHEDULED, "100")
    floor.sandbox.deliver_twice("interactive")
    assert floor.ana.submits().closed
    floor.settle()
    assert len(timeline(floor, "figures_typed")) == 1, "once for a form that was sent twice"
    answer = floor.ana.direct_messages()[-1].visible_text
    assert re.search(r"Kept: Billing at .*: offered 420, average handle time 6:00, agents staffed 92, ", answer)

    floor.says("ana", "/incident figures add", channel=channel)
    form = str(floor.ana.modal["blocks"])
    assert "'text': 'Last: 92'" in form
    assert "initial_value" not in form, "a figure that nobody typed would replace the chosen interval's own"
    assert "at least one figure" in floor.ana.submits().errors[ids.OFFERED]
    floor.ana.fills(ids.INTERVAL, first_start)
    floor.ana.fills(ids.AGENTS, "93")
    assert floor.ana.submits().closed  # the queue is filled in already
    floor.settle()
    assert floor.ana.direct_messages()[-1].visible_text.startswith("Kept: Billing")
    assert "agents staffed 93 (was 92). " in floor.ana.direct_messages()[-1].visible_text
    floor.says("ana", "/incident figures add", channel=channel)
    floor.ana.fills(ids.INTERVAL, first_start)
    floor.ana.fills(ids.AGENTS, "92")
    assert floor.ana.submits().closed
    floor.settle()

    answer = floor.says("ana", "/incident whatif agents -6", channel=channel)
    assert answer == "What if agents -6"
    text = floor.ephemeral("ana", channel)[-1]
    assert "420 contacts in 30 min, AHT 6:00, 86 agents (now 92)\n" in text, (
        "what changes is named with what it was"
    )
    assert "(Erlang A): 94.6 % within 20 s, wait 2 s → *86.5 % within 20 s, wait 5 s*" in text
    assert "(Erlang C): 81.2 %, ASA 13 s → *32 %, ASA 2:17*" in text
    assert "patience: 2:00 in Erlang A (as configured)" in text
    floor.says("ana", "/incident whatif aht +25%, outage 45 min", channel=channel)
    text = floor.ephemeral("ana", channel)[-1]
    assert "no stable answer: the queue grows by 1.7 contacts a minute" in text
    assert "agents back from breaks and off-phone work (free, at once)" in text
    assert "Nobody answers for 45 min" in text
    assert "`coffee` is not a change I can compute" in floor.says("ana", "/incident whatif coffee", channel=channel)

    floor.says("ana", "/incident whatif", channel=channel)
    floor.ana.fills(ids.AGENTS_CHANGE, "-6")
    floor.ana.fills(ids.VOLUME_CHANGE, "much")
    assert set(floor.ana.submits().errors) == {ids.VOLUME_CHANGE}
    floor.ana.fills(ids.VOLUME_CHANGE, "x1.4")
    assert floor.ana.submits().closed
    floor.settle()
    assert "What if agents -6, volume x1.4" in floor.ana.direct_messages()[-1].visible_text


def test_a_report_in_the_middle_of_an_interval_is_neither_compared_nor_computed_with_as_if_it_were_whole(
    floor: TestFloor,
) -> None:
    start = this_half_hour()
    floor.passes(seconds=(start + timedelta(minutes=40) - utcnow()).total_seconds())
    channel = floor.declares()
    whole, running = (start, "Billing", 200, 180, 40), (start + HALF_HOUR, "Billing", 70, 50, 40)
    drop(floor, channel, csv_of(whole, running))
    press(floor, ids.USE, channel)
    screen = figures(floor, channel)
    assert ", only its first 10 min" in screen
    assert "offered 70 (+5 % of 67)" in screen
    floor.says("ana", "/incident whatif agents -6", channel=channel)
    assert "200 contacts in 30 min" in floor.ephemeral("ana", channel)[-1]

    floor.says("ana", "/incident figures add", channel=channel)
    floor.ana.fills(ids.NEW_QUEUE, "billing")
    floor.ana.fills(ids.INTERVAL, str(int(start.timestamp())))
    floor.ana.fills(ids.OFFERED, "210")
    assert floor.ana.submits().closed
    floor.settle()
    answer = floor.ana.direct_messages()[-1].visible_text
    assert answer.startswith("Kept: Billing · Manila at "), "the queue that is known"
    assert "offered 210 (was 200)" in answer


def test_the_figures_count_from_the_start_on_record_not_only_from_the_declaration(floor: TestFloor) -> None:
    start = this_half_hour()
    channel = floor.declares()
    drop(floor, channel, csv_of((start - HALF_HOUR, "Billing", 200, 20, 40)))
    press(floor, ids.USE, channel)
    assert "200 contacts" not in floor.card(channel)

    floor.says("ana", "/incident milestones", channel=channel)
    floor.ana.fills("milestone", "started")
    floor.ana.fills("at", int((start - timedelta(minutes=20)).timestamp()))
    floor.ana.fills("reason", "the graph of answered calls")
    assert floor.ana.submits().closed
    floor.settle()
    floor.tick()

    assert "Service level 10 % (goal 80 %)" in floor.card(channel)
    assert "offered 200" in figures(floor, channel)


def test_the_figures_are_shown_by_queue_and_drawn_as_a_chart(floor: TestFloor, tmp_path: Path) -> None:
    start = this_half_hour()
    channel = floor.declares()
    floor.passes(seconds=(start + HALF_HOUR - utcnow()).total_seconds())
    drop(
        floor,
        channel,
        csv_of(
            (start - HALF_HOUR, "Billing", 200, 180, 40),
            (start, "Billing", 120, 60, 40),
            (start, "Orders and deliveries of business customers", 90, 20, 9),
        ),
    )
    press(floor, ids.USE, channel)

    text = figures(floor, channel)
    assert "Service level *38.1 %* (goal 80 %) · offered 210 (−48 % of 400)" in text
    assert "• *Orders and deliveries of business customers · Manila* SL 22.2 %" in text
    assert "agents 49 staffed, 69 scheduled, 4 available · adherence 71 % · occupancy 88 %" in text
    assert "Occupancy: handling time as a share of handling and available time." in text
    assert "Contacts lost, without a total: 190 did not come; " in text
    assert "• report.csv by <@U0ANA>, " in text
    assert "Service level: answered within 20 s of offered. Expected: the forecast." in text

    floor.passes(minutes=30)
    [update] = [each for each in updates(floor, channel) if "business customers" in each]
    assert "…" not in update, update
    assert "Orders and deliveries of business customers · Manila: service level 22.2 % (goal 80 %)" in update

    press(floor, ids.CHART, channel)
    files = [file for message in floor.ana.sees(channel) for file in message.files]
    [chart] = [file["id"] for file in files if file["name"] == "figures-1.png"]
    assert floor.sandbox.workspace.files[chart].content.startswith(b"\x89PNG")


def test_a_file_of_another_kind_sent_to_the_bot_alone_is_answered_with_the_kinds_that_it_reads(
    floor: TestFloor,
) -> None:
    floor.ana.uploads("dm", "report <!channel>.pdf", b"%PDF-1.7")
    floor.settle()

    [answer] = [message for message in floor.ana.direct_messages() if message.is_reply]
    assert answer.visible_text.startswith("⚠️ report &lt;!channel&gt;.pdf cannot be read here. Send figures,")
    assert "CSV or xlsx" in answer.visible_text
    assert "in the thread of its message" in answer.visible_text

    channel = floor.declares()
    floor.ana.uploads(channel, "invoice.pdf", b"%PDF-1.7")
    floor.ana.uploads("dm", "emea.ics", b"BEGIN:VCALENDAR")
    floor.settle()
    assert not [message for message in floor.ana.sees(channel) if message.is_reply], "a file for the people there"
    replies = [message for message in floor.ana.direct_messages() if message.is_reply]
    assert len(replies) == 2
    assert "cannot be read here" not in replies[1].visible_text


def test_a_file_sent_to_the_bot_alone_counts_too(floor: TestFloor) -> None:
    channel = floor.declares()
    old_start = this_half_hour() - timedelta(days=3)
    rows_of_queues = (old_start, "Account", 90, 80, 9), (this_half_hour(), "Billing", 120, 60, 40)
    floor.ana.uploads("dm", "ACD report Bogotá.csv", csv_of(*rows_of_queues))
    floor.settle()
    floor.ana.clicks(ids.USE, channel="dm")
    floor.settle()
    floor.tick()
    assert "Service level 50 %" in floor.card(channel)
    floor.says("ana", "/incident whatif", channel=channel)
    preselected = floor.ana.modal["blocks"][0]["element"]["initial_option"]["text"]["text"]
    assert preselected == "Billing · Manila", "the other queue has old figures only"
    floor.ana.closes()
    answer = floor.says("ana", "/incident whatif Account: agents -1", channel=channel)
    assert answer.startswith("I don't know the contacts, the handle time and the agents of Account")


def test_the_command_line_imports_a_file_once(
    floor: TestFloor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    channel = floor.declares()
    report = tmp_path / "report.csv"
    report.write_bytes(csv_of((this_half_hour(), "Billing", 120, 60, 40)))
    command_line = Typed(floor, monkeypatch, tmp_path)

    result = command_line.types("figures", "import", str(report), "--preview")
    assert "1 interval of 1 queue can be imported" in result.output
    assert "Line 3 is left out: a row of totals." in result.output
    assert "1 interval of 1 queue was imported." in command_line.types("figures", "import", str(report)).output
    assert (
        "was imported before, so nothing was changed" in command_line.types("figures", "import", str(report)).output
    )
    report.write_text("name,colour\n")
    refusal = command_line.types("figures", "import", str(report))
    assert (refusal.exit_code, "names columns that I know" in refusal.output) == (1, True)

    floor.start_bot()
    floor.tick()
    assert "Service level 50 %" in floor.card(channel)


def posted(
    floor: TestFloor, body: bytes, *, secret: bytes = b"secret", at: datetime | None = None
) -> httpx.Response:
    timestamp = str(int((at or utcnow()).timestamp()))
    headers = {"X-Watchfloor-Timestamp": timestamp, "X-Watchfloor-Signature": sign(secret, timestamp, body)}
    return httpx.post(f"{floor.address}/figures", content=body, headers=headers)


def test_another_system_sends_signed_figures(tmp_path: Path) -> None:
    file = tmp_path / "floor.yaml"
    text = Path("floor.yaml").read_text()
    file.write_text(text.replace("  lead: [anyone] ", "  lead: [commander] "))
    with TestFloor(tmp_path, over_http=True, figures_secret="secret", floor_file=file) as floor:
        interval: dict[str, Any] = {"queue": "Billing", "starts_at": this_half_hour().isoformat(), "offered": 120}
        interval |= {"answered_in": 60, "answered": 100, "agents": 38, "agents_scheduled": 40}
        interval |= {"agents_available": 1.5}
        body = json.dumps({"source": "wallboard", "figures": [interval]}).encode()
        channel = floor.declares()
        assert posted(floor, body, secret=b"guess").status_code == 401
        assert posted(floor, body, at=utcnow() - timedelta(minutes=6)).status_code == 401
        assert httpx.post(f"{floor.address}/figures", content=body).status_code == 401
        response = posted(floor, b'{"figures": [{"queue": "Billing", "offered": -1}]}')
        assert (response.status_code, "figures.0.starts_at: Field required" in response.text) == (422, True)
        at = utcnow()
        assert posted(floor, body, at=at).json() == {"rows": 1}
        assert posted(floor, body, at=at).json()["rows"] == 0
        assert posted(floor, body).json()["rows"] == 0
        floor.tick()
        assert "Service level 50 %" in floor.card(channel)
        assert "agents 38 staffed, 40 scheduled, 2 available · adherence 95 %" in figures(floor, channel)

        interval |= {"queue": "Orders", "offered": 90}
        assert posted(floor, json.dumps({"figures": [interval]}).encode()).json() == {"rows": 1}
        tomorrow = {"queue": "Orders", "starts_at": (utcnow() + timedelta(days=1)).isoformat(), "offered": 90}
        response = posted(floor, json.dumps({"figures": [tomorrow]}).encode())
        assert (response.status_code, "figures.0: its interval is still to come" in response.text) == (422, True)
        answer = posted(floor, json.dumps({"figures": [tomorrow | {"forecast_offered": 80}]}).encode())
        assert answer.json() == {"rows": 1}, "its plans count"
        impossible = interval | {"queue": "Chat", "answered_in": 101}
        answer = posted(floor, json.dumps({"figures": [impossible, interval | {"offered": 91}]}).encode())
        reason = "figures.0: more contacts were answered in time than were answered at all"
        assert answer.json() == {"rows": 1, "left_out": [reason]}
        assert "commander" in floor.says("ana", "/incident figures add", channel=channel), (
            "before anything is typed"
        )
        floor.ana.uploads(channel, "orders.csv", csv_of((this_half_hour(), "Orders", 100, 90, 40)))
        floor.settle()
        press(floor, ids.USE, channel)
        assert "commander" in floor.ephemeral("ana", channel)[-1]
        assert "Orders · Manila" not in figures(floor, channel)
        floor.says("ana", "/incident claim commander", channel=channel)
        floor.says("ana", "/incident figures add", channel=channel)
        floor.ana.fills(ids.NEW_QUEUE, "Chat")
        floor.ana.fills(ids.INTERVAL, str(int(this_half_hour().timestamp())))
        floor.ana.fills(ids.OFFERED, "30")
        assert floor.ana.submits().closed
        floor.settle()
        screen = figures(floor, channel)
        assert all(f"• *{queue}* " in screen for queue in ("Billing", "Orders", "Chat")), (
            "typed figures hide no queue"
        )
        assert "have figures, too" not in screen
        press(floor, ids.USE, channel)
        screen = figures(floor, channel)
        assert "• *Orders · Manila* " in screen
        assert "• *Billing* " not in screen
        assert "Only the queues of this incident's files and forms; 2 more have figures, too." in screen
        floor.nothing_was_malformed()


def test_figures_from_before_an_incident_are_shown_on_its_card(floor: TestFloor) -> None:
    floor.ana.uploads("dm", "ACD report Bogotá.csv", csv_of((this_half_hour(), "Billing", 120, 60, 40)))
    floor.settle()
    floor.ana.clicks(ids.USE, channel="dm")
    floor.settle()
    floor.tick()
    channel = floor.declares("S1 IVR down")
    floor.tick()
    assert "Service level 50 % (goal 80 %)" in floor.card(channel)
    assert "figures of Billing · Manila" in floor.card(channel), "no place is named, so every queue counts"
    assert "names no site and no partner, so all queues count" in figures(floor, channel)

    floor.says("ana", "/incident edit", channel=channel)
    floor.ana.fills(incident_ids.SITES, ["Cebu"])
    assert floor.ana.submits().closed
    floor.settle()
    floor.tick()
    assert "Service level" not in floor.card(channel)


def test_colleagues_are_told_figures_when_they_are_new_and_once_more_at_the_end(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down in Manila")
    start = this_half_hour()
    drop(floor, channel, csv_of((start, "Billing", 100, 30, 5)))
    press(floor, ids.USE, channel)
    floor.passes(minutes=30)
    assert "Service level 30 %" in updates(floor, channel)[-1]
    floor.says("ana", "/incident claim commander", channel)
    floor.says("ana", "/incident handover <@U0BEN>", channel)
    assert "📊 Service level 30 %" in str(floor.ana.modal), "whoever takes over reads them, too"
    floor.ana.closes()

    for minutes in (30, 30):
        floor.says("ana", f"/incident impact after {minutes} more minutes: half the calls are lost", channel)
        floor.passes(minutes=minutes)
        assert "Service level" not in updates(floor, channel)[-1], "these figures were told before"
    drop(floor, channel, csv_of((start + HALF_HOUR, "Billing", 100, 90, 5)), "later.csv")
    press(floor, ids.USE, channel)
    floor.passes(minutes=30)
    assert "Service level 60 %" in updates(floor, channel)[-1]
    floor.says("ana", "/incident resolve trunk replaced", channel)
    assert "Service level 60 %" in updates(floor, channel)[-1]
