"""People talk: messages, threads, reactions, edits, files, unread marks, two windows at once."""

from pathlib import Path

from slack_sandbox import Sandbox
from tests.browser.windows import Windows


def test_a_message_reaches_the_other_person_at_once(windows: Windows) -> None:
    ana, ben = windows.window("ana").opens(), windows.window("ben").opens()

    ana.types("Calls *drop* in Manila, @ben <now>")

    words = ben.row("Calls drop in Manila, @Ben Okafor <now>")
    words.wait_for()
    assert words.locator("strong").all_inner_texts() == ["Ana Reyes", "drop"]
    assert words.locator(".mention.me").inner_text() == "@Ben Okafor"


def test_a_message_elsewhere_marks_its_channel_until_it_is_read(windows: Windows, sandbox: Sandbox) -> None:
    ana = windows.window("ana").opens()

    sandbox.person("ben").says("<@U0ANA> look here", channel="random")

    ana.page.locator("#sidebar .unread", has_text="random").locator(".count").wait_for()
    ana.goes_to("random")
    ana.sees("New")
    ana.goes_to("incidents")
    ana.page.locator("#sidebar .unread").wait_for(state="detached")


def test_a_press_counts_although_its_place_is_drawn_anew_before_the_button_is_up(
    windows: Windows, sandbox: Sandbox
) -> None:
    ana = windows.window("ana").opens()
    ana.page.locator("#sidebar a", has_text="random").hover()

    ana.page.mouse.down()
    with ana.page.expect_response(lambda answer: "/part/sidebar" in answer.url):
        sandbox.person("ben").says("<@U0ANA> look here", channel="random")
    ana.page.mouse.up()

    ana.page.locator("#heading h1", has_text="random").wait_for()
    ana.sees("look here")


def test_a_reply_stays_in_its_thread(windows: Windows, sandbox: Sandbox) -> None:
    sandbox.person("ben").says("Is anyone on the trunk?", channel="incidents")
    ana, ben = windows.window("ana").opens(), windows.window("ben").opens()

    row = ana.row("Is anyone on the trunk?")
    row.hover()
    row.get_by_role("button", name="Reply in a thread").click()
    ana.page.get_by_label("Reply…").fill("I am")
    ana.page.keyboard.press("Enter")

    ana.sees("I am", inside="#pane")
    ben.row("1 reply").wait_for()
    assert ben.page.locator("#messages .row").count() == 1


def test_a_reaction_is_counted_and_taken_back(windows: Windows, sandbox: Sandbox) -> None:
    message = sandbox.person("ben").says("Trunk moved", channel="incidents")
    ana = windows.window("ana").opens()

    row = ana.row("Trunk moved")
    row.hover()
    row.get_by_label("Add a reaction").last.click()
    ana.page.get_by_label("Search emoji").fill("rocket")
    ana.page.get_by_label("rocket").click()
    row.locator(".reaction[aria-pressed=true]", has_text="🚀").wait_for()
    assert message.reactions == {"rocket": ["U0ANA"]}

    row.locator(".reaction", has_text="🚀").click()
    row.locator(".reaction", has_text="🚀").wait_for(state="detached")


def test_a_persons_own_messages_can_be_edited_and_deleted(windows: Windows, sandbox: Sandbox) -> None:
    sandbox.person("ana").says("Hello <@U0BEN>", channel="incidents")
    ana = windows.window("ana").opens()

    row = ana.row("Hello")
    row.hover()
    row.get_by_role("button", name="More actions").click()
    ana.presses_in_menu("Edit message")
    field = ana.page.get_by_label("Edit message")
    assert field.input_value() == "Hello @ben"
    field.fill("Good morning @ben")
    field.press("Enter")
    ana.sees("(edited)")

    row = ana.row("Good morning")
    row.hover()
    row.get_by_role("button", name="More actions").click()
    ana.presses_in_menu("Delete message")
    ana.presses("Delete", inside="#confirm")
    ana.sees_no_more("Good morning")


def test_a_file_is_read_beside_the_conversation_and_downloaded(
    windows: Windows, sandbox: Sandbox, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("# Title\n\n- one\n- <b>two</b>\n")
    ana = windows.window("ana").opens()

    ana.page.get_by_label("Attach a file").set_input_files(notes)
    ana.sees("notes.md").click()

    document = ana.page.locator("#pane .document")
    assert document.locator("h1").inner_text() == "Title"
    assert document.locator("li").all_inner_texts() == ["one", "<b>two</b>"]
    with ana.page.expect_download() as download:
        ana.page.locator("#pane").get_by_text("Download").click()
    assert download.value.path().read_text() == notes.read_text()


def test_a_private_channel_shows_only_to_its_members(windows: Windows) -> None:
    ana, gus = windows.window("ana").opens(), windows.window("gus").opens()

    assert "leads" in ana.page.locator("#sidebar").inner_text()
    assert "leads" not in gus.page.locator("#sidebar").inner_text()
    gus.opens("/channel/G0LEADS")
    gus.page.locator("h1", has_text="general").wait_for()


def test_typed_signs_complete_to_people_channels_and_emoji(windows: Windows, sandbox: Sandbox) -> None:
    ana = windows.window("ana").opens()

    ana.composer.press_sequentially("@be")
    ana.page.keyboard.press("Tab")
    ana.composer.press_sequentially("see #oper")
    ana.page.keyboard.press("Enter")
    ana.composer.press_sequentially(":rock")
    ana.page.keyboard.press("Enter")
    assert ana.composer.input_value() == "@ben see #operations :rocket: "
    ana.page.keyboard.press("Enter")

    ana.sees("#operations").click()
    ana.page.locator("h1", has_text="operations").wait_for()
    assert sandbox.person("ben").sees("incidents")[-1].text == "<@U0BEN> see <#C0OPERATIONS|operations> :rocket:"


def test_the_up_arrow_edits_ones_last_message(windows: Windows, sandbox: Sandbox) -> None:
    ana = windows.window("ana").opens()
    ana.types("Calls drup")
    ana.sees("Calls drup")

    ana.composer.press("ArrowUp")
    ana.page.get_by_label("Edit message").fill("Calls drop")
    ana.page.keyboard.press("Enter")

    ana.sees("(edited)")
    assert sandbox.person("ben").sees("incidents")[-1].text == "Calls drop"


def test_an_unsent_message_waits_in_its_channel(windows: Windows) -> None:
    ana = windows.window("ana").opens()
    ana.composer.press_sequentially("Half a sent")

    ana.goes_to("random")
    assert ana.composer.input_value() == ""
    ana.goes_to("incidents")

    assert ana.composer.input_value() == "Half a sent"


def test_nothing_is_missed_between_opening_a_window_and_hearing_changes(windows: Windows, sandbox: Sandbox) -> None:
    ana = windows.window("ana")
    # The screen is drawn; the stream of changes is not connected yet.
    ana.page.route(
        "**/live*", lambda route: (sandbox.person("ben").says("Just now", channel="incidents"), route.continue_())
    )

    ana.opens()

    ana.sees("Just now")
