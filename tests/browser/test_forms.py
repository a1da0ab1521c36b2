"""Buttons, choices and forms of an app, by mouse and keyboard."""

from typing import Any

from playwright.sync_api import APIResponse, Route, expect

from slack_sandbox import Sandbox
from tests.browser.windows import Window, Windows


def open_form(windows: Windows, person: str = "ana") -> Window:
    window = windows.window(person).opens()
    window.composer.press_sequentially("/tic")
    window.page.keyboard.press("Enter")
    window.page.keyboard.press("Enter")
    window.modal.wait_for()
    return window


def test_a_form_shows_missing_fields_and_the_apps_objections(windows: Windows) -> None:
    ana = open_form(windows)

    ana.presses("Create", inside="#modal")
    ana.sees("Please complete this required field.", inside="#modal")

    ana.page.keyboard.type("IVR down!")
    ana.page.keyboard.press("Enter")
    ana.sees("Please say it calmly", inside="#modal")
    ana.keeps_a_picture("form-with-an-error")

    ana.modal.get_by_label("Title").fill("IVR down")
    ana.page.keyboard.press("Enter")
    ana.modal.wait_for(state="hidden")
    ana.sees("🎫 IVR down")


def test_a_form_that_changes_keeps_what_was_entered(windows: Windows, sandbox: Sandbox) -> None:
    ana = open_form(windows)

    ana.modal.get_by_label("Title").fill("Trunk down")
    ana.modal.get_by_label("Sites").click()
    ana.modal.get_by_text("Manila").click()
    ana.page.keyboard.press("Escape")
    ana.modal.get_by_label("Due").fill("2026-11-22T09:30")
    ana.modal.get_by_label("Kind").select_option("Telephony")
    ana.sees("Questions for Telephony", inside="#modal")
    ana.presses("Create", inside="#modal")
    ana.sees("🎫 Trunk down")

    payloads = [envelope.payload for envelope in sandbox.envelopes]
    values = next(p["view"]["state"]["values"] for p in payloads if p.get("type") == "view_submission")
    assert values["title"]["title"]["value"] == "Trunk down"
    assert [o["value"] for o in values["sites"]["sites"]["selected_options"]] == ["mnl"]
    assert values["kind"]["kind"]["selected_option"]["value"] == "telephony"
    # 09:30 in Manila is 01:30 UTC.
    assert values["due"]["due"]["selected_date_time"] == 1795311000


def test_a_form_on_top_of_another_goes_back_to_it(windows: Windows) -> None:
    ana = open_form(windows)
    ana.modal.get_by_label("Title").fill("Trunk down")

    ana.presses("More …", inside="#modal")
    ana.modal.get_by_label("Tomorrow").check()
    ana.presses("Back", inside="#modal")
    expect(ana.modal.get_by_label("Title")).to_have_value("Trunk down")

    ana.presses("More …", inside="#modal")
    ana.presses("Done", inside="#modal")
    ana.modal.wait_for(state="hidden")


def test_escape_closes_a_form(windows: Windows, sandbox: Sandbox) -> None:
    ana = open_form(windows)

    ana.page.keyboard.press("Escape")

    ana.modal.wait_for(state="hidden")
    assert sandbox.person("ana").modal is None


def test_a_submitted_form_stays_closed_when_an_older_drawing_of_it_comes_late(windows: Windows) -> None:
    ana = open_form(windows)
    late: list[Route] = []
    drawn: list[APIResponse] = []

    def keep_the_first(route: Route) -> None:
        late.append(route)
        if len(late) > 1:
            route.continue_()
        else:
            drawn.append(route.fetch())

    ana.page.route("**/part/modal?*", keep_the_first)
    ana.modal.get_by_label("Title").fill("Late drawing")
    ana.modal.get_by_label("Kind").select_option("Telephony")
    ana.presses("Create", inside="#modal")
    ana.modal.wait_for(state="hidden")

    with ana.page.expect_response("**/part/modal?*"):
        late[0].fulfill(response=drawn[0])

    ana.sees("🎫 Late drawing")
    expect(ana.modal).to_be_hidden()


def test_a_button_shows_its_result_to_everyone(windows: Windows, sandbox: Sandbox) -> None:
    ana, ben = open_form(windows), windows.window("ben").opens()
    ana.modal.get_by_label("Title").fill("IVR down")
    ana.presses("Create", inside="#modal")

    ben.sees("🎫 IVR down")
    ben.presses("Claim")

    ana.sees("Claimed by")
    expect(ana.row("IVR down")).to_contain_text("@Ben Okafor")


def test_a_button_that_asks_first_does_nothing_until_confirmed(windows: Windows, sandbox: Sandbox) -> None:
    ana = open_form(windows)
    ana.modal.get_by_label("Title").fill("IVR down")
    ana.presses("Create", inside="#modal")
    ana.sees("🎫 IVR down")
    before = len(sandbox.envelopes)

    ana.presses("Close")
    assert ana.page.locator("#confirm strong").inner_text() == "for everyone"
    ana.presses("Keep it", inside="#confirm")
    assert len(sandbox.envelopes) == before

    ana.presses("Close")
    ana.presses("Close it", inside="#confirm")
    ana.sees("The ticket is")


def test_every_element_of_a_message_tells_the_app_what_was_chosen(windows: Windows, sandbox: Sandbox) -> None:
    ana = windows.window("ana", height=1400).opens("/channel/C0ENGINEERING")
    ana.types("/ticket kit")
    ana.sees("One of everything")
    ana.page.mouse.move(0, 0)
    ana.keeps_a_picture("every-block")
    page = ana.page

    page.get_by_label("Pick one").select_option("Network")
    page.get_by_label("Assign to …").select_option("@Ben Okafor")
    page.get_by_label("Where?").select_option("#general")
    page.get_by_label("Several").click()
    page.get_by_text("Telephony").last.click()
    page.get_by_text("Payments").last.click()
    page.keyboard.press("Escape")
    row = ana.row("One of everything")
    row.locator("[data-action=rest] [data-menu]").click()
    ana.presses_in_menu("Snooze")
    page.get_by_label("Told the partner").check()
    page.get_by_label("No", exact=True).check()
    page.locator("[data-action=day]").fill("2026-12-01")
    page.locator("[data-action=hour]").fill("04:15")

    def chosen() -> dict[str, Any]:
        acts = [e.payload["actions"][0] for e in sandbox.envelopes if e.payload.get("actions")]
        return {act["action_id"]: act for act in acts}

    sandbox.wait_for(lambda: "hour" in chosen() and len(chosen()) == 9)
    acts = chosen()
    assert acts["pick"]["selected_option"]["value"] == "network"
    assert acts["who"]["selected_user"] == "U0BEN"
    assert acts["where"]["selected_conversation"] == "C0GENERAL"
    assert [o["value"] for o in acts["several"]["selected_options"]] == ["telephony", "payments"]
    assert acts["rest"]["selected_option"]["value"] == "snooze"
    assert [o["value"] for o in acts["ticks"]["selected_options"]] == ["told"]
    assert acts["radio"]["selected_option"]["value"] == "no"
    assert acts["day"]["selected_date"] == "2026-12-01"
    assert acts["hour"]["selected_time"] == "04:15"


def test_an_answer_for_one_person_is_seen_only_by_that_person(windows: Windows) -> None:
    ana, ben = windows.window("ana").opens(), windows.window("ben").opens()

    ana.types("/ticket quiet")
    ana.sees("Only visible to you")
    ana.types("And now aloud")

    ben.sees("And now aloud")
    assert ben.page.get_by_text("Nobody else sees").count() == 0


def test_a_command_that_does_not_exist_says_so(windows: Windows) -> None:
    ana = windows.window("ana").opens()

    ana.types("/nothing at all")

    ana.sees("/nothing is not a valid command.")


def test_a_report_arrives_as_a_file_from_the_app(windows: Windows) -> None:
    ana = windows.window("ana").opens()

    ana.types("/ticket report")
    ana.page.locator("#sidebar .unread", has_text="deskbot").click()
    ana.sees("Report").click()

    assert ana.page.locator("#pane .document h2").inner_text() == "What happened"
    ana.keeps_a_picture("file-preview")


def test_shortcuts_are_offered_in_the_bar_and_on_messages(windows: Windows, sandbox: Sandbox) -> None:
    sandbox.person("ben").says("The lift is stuck", channel="incidents")
    ana = windows.window("ana").opens()

    row = ana.row("The lift is stuck")
    row.hover()
    row.get_by_role("button", name="More actions").click()
    ana.presses_in_menu("Make a ticket of this")
    expect(ana.modal.get_by_label("Title")).to_have_value("The lift is stuck")
    ana.page.keyboard.press("Escape")
    ana.modal.wait_for(state="hidden")

    ana.page.get_by_role("button", name="Shortcuts").click()
    ana.page.get_by_role("menuitem", name="New ticket").click()
    expect(ana.modal.get_by_label("Title")).to_have_value("")


def test_the_home_of_the_app_is_drawn_when_it_is_opened(windows: Windows) -> None:
    ana = windows.window("ana").opens()

    ana.page.locator("#sidebar").get_by_text("Home").click()

    ana.sees("Your tickets")
    ana.presses("Refresh")
