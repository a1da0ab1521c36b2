"""Impossible requests are refused with a sentence to the person, and nothing is left half-done."""

from collections.abc import Iterator

import pytest

from bot.incidents import ids
from tests.floor import TestFloor
from tests.stories.record import card_message, untouched

NO_SUCH_INCIDENT = (
    "There is no such incident, or you may not see it. If you are in its channel, type `/incident` there."
)

FUTURE_TS, PAST_TS = 4_000_000_000, 1_000_000_000
NO_ROLES = "floor.yaml names no roles of shifts yet (`shifts: roles`). Ask the administrator to add them."


@pytest.fixture(scope="module")
def channel(shared_floor: TestFloor) -> Iterator[str]:
    """An open incident that no test in this module may change."""
    yield shared_floor.declares("S1 IVR down")


def test_a_command_outside_an_incident_names_the_open_incidents_the_person_may_see(
    shared_floor: TestFloor, channel: str
) -> None:
    link = f"<#{shared_floor.sandbox.workspace.channel(channel).id}>"

    with untouched(shared_floor):
        answer = shared_floor.says("ana", "/incident severity S0", "general")

    assert answer.startswith("This isn't an incident channel. Open incidents: ")
    assert link in answer
    assert answer.endswith(" Use the command in one of their channels.")
    assert shared_floor.says("ana", "/incident 1") == f"Incident 1 is in {link}. Type commands about it there."


@pytest.mark.parametrize("typed", ["/incident bridge help", "/incident bridge ?", "/incident help bridge"])
def test_help_on_one_command_says_what_it_does(shared_floor: TestFloor, channel: str, typed: str) -> None:
    with untouched(shared_floor):
        assert shared_floor.says("ana", typed, channel) == (
            "`/incident bridge`, `/incident bridge https://…`, `/incident bridge none`\n"
            "Show or change where people talk: a link or a phone number."
        )
        assert "`/incident page help` explains one command" in shared_floor.says("ana", "/incident help", channel)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (
            "/incident declar S1 x",
            "There is no command `/incident declar`. Did you mean `/incident declare S1 x`? "
            "`/incident help` lists them all.",
        ),
        (
            "/incident S1 IVR down",
            "There is no command `/incident s1`. Did you mean `/incident declare S1 IVR down`? "
            "`/incident help` lists them all.",
        ),
        ("/incident 99999", NO_SUCH_INCIDENT),
        ("/incident #99999", NO_SUCH_INCIDENT),
        (
            "/incident /incident lst",
            "There is no command `/incident lst`. Did you mean `/incident list`? `/incident help` lists them all.",
        ),
        ("/incident <!channel>", "There is no command `/incident !channel`. `/incident help` lists them all."),
        (
            "/incident declare S7 IVR down",
            "`S7` is not a severity. Use one of S0, S1, S2, S3, S4; when unsure between two, take the higher.",
        ),
        (
            "/incident declare P1 IVR down",
            "`P1` is a case's priority. Incidents have a severity, S0 to S4; when unsure, take the higher.",
        ),
    ],
)
def test_a_nonsensical_command_is_refused_with_advice(
    shared_floor: TestFloor, channel: str, typed: str, answer: str
) -> None:
    with untouched(shared_floor):
        assert shared_floor.says("ana", typed, "general") == answer


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (
            "/incident severity huge",
            "`huge` is not a severity. Use one of S0, S1, S2, S3, S4; when unsure between two, take the higher.",
        ),
        (
            "/incident severity P2",
            "`P2` is a case's priority. Incidents have a severity, S0 to S4; when unsure, take the higher.",
        ),
        (
            "/incident status fixed",
            "`fixed` is not a status. "
            "Use investigating, identified, mitigated or monitoring; `/incident resolve` and `/incident close` "
            "end it.",
        ),
        ("/incident oncall", f"Nobody is on shift now. {NO_ROLES}"),
        ("/incident oncall gqm EMEA", NO_ROLES),
        (
            "/incident oncall gaps",
            "Nothing is open, but floor.yaml names no times that need cover (`shifts: needs`). Ask the "
            "administrator to add them.",
        ),
        (
            "/incident claim captain",
            "`captain` is not a role. Choose from commander, communications lead, scribe, responder. "
            "Write a person as `@name`.",
        ),
        (
            "/incident assign scribe",
            "Please choose a person from the list that opens when you type @, "
            "such as `/incident assign scribe @ana`.",
        ),
        (
            "/incident leave scribe",
            "You are not scribe of this incident, so there is nothing to leave. `/incident claim scribe` takes it.",
        ),
        ("/incident reopen", "Incident 1 is investigating, so there is nothing to reopen."),
    ],
)
def test_a_nonsensical_change_is_refused_with_advice(
    shared_floor: TestFloor, channel: str, typed: str, answer: str
) -> None:
    with untouched(shared_floor):
        assert shared_floor.says("ana", typed, channel) == answer


def test_a_title_of_spaces_counts_as_missing(shared_floor: TestFloor, channel: str) -> None:
    with untouched(shared_floor):
        shared_floor.says("ana", "/incident declare")
        shared_floor.ana.fills("What is wrong?", "   ")
        refusal = shared_floor.ana.submits()
        assert refusal.errors == {
            "title": "Please say in a few words what is wrong, such as `/incident declare S1 IVR down in Manila`."
        }
        shared_floor.ana.closes()


@pytest.mark.parametrize("who", ["gus", "ulla", "olga"])
def test_guests_and_strangers_may_not_act(shared_floor: TestFloor, channel: str, who: str) -> None:
    place = {"gus": "general", "ulla": "random", "olga": "operations"}[who]
    with untouched(shared_floor):
        answer = shared_floor.says(who, "/incident declare S0 Let me in", place)
        assert "guest" in answer.lower()
        assert "press *Received* and *We are affected…*" in answer
        assert "with `/incident subscribe` in its channel" in answer
        for command in ("list", "help", "1", "timeline", "subscribe S1", "partners"):
            assert "guest" in shared_floor.says(who, f"/incident {command}", place).lower(), command
        shared_floor.says(who, "/incident declare", place)
        assert shared_floor.sandbox.person(who).modal is None


def test_a_guest_in_the_channel_may_press_no_button(shared_floor: TestFloor, channel: str) -> None:
    shared_floor.ana.invites(channel, "gus")
    with untouched(shared_floor):
        shared_floor.gus.clicks(f"{ids.CLAIM}.commander", channel=channel)
        shared_floor.gus.clicks(ids.PANEL, channel=channel)
        shared_floor.settle()
        assert len([words for words in shared_floor.ephemeral("gus", channel) if "guest" in words.lower()]) == 2
        assert "guest" in shared_floor.says("gus", "/incident", channel).lower()


@pytest.mark.parametrize("memory", ["", "x", "-1", "0", "999999", "9" * 40, "1; DROP TABLE incidents", "١"])
def test_a_form_about_no_incident_is_refused(shared_floor: TestFloor, channel: str, memory: str) -> None:
    shared_floor.says("ana", "/incident status", channel)
    top = shared_floor.sandbox.workspace.modals["U0ANA"][-1]
    top.body["private_metadata"] = memory
    with untouched(shared_floor):
        shared_floor.ana.fills("Status", "mitigated")
        refusal = shared_floor.ana.submits()
        assert not refusal.closed
        assert refusal.errors["status"].startswith(("This form is out of date", "There is no such incident"))
    shared_floor.ana.closes()


@pytest.mark.parametrize(
    ("command", "answers", "refused"),
    [
        ("followup", {"words": "Alarm on trunk errors", "due": "2099-01-31"}, "due"),
        ("followup", {"words": "Alarm on trunk errors", "owner": "gus"}, "owner"),
        ("note", {"words": " "}, "words"),
        ("milestones", {"reason": " "}, "reason"),
        ("routing", {"wrong": "Spanish calls reach English agents", "since": FUTURE_TS}, "since"),
        ("routing", {"wrong": "Spanish calls reach English agents", "due": PAST_TS}, "due"),
    ],
)
def test_a_form_is_refused_beside_the_field_that_is_to_be_changed(
    shared_floor: TestFloor, channel: str, command: str, answers: dict[str, str | int], refused: str
) -> None:
    shared_floor.says("ana", f"/incident {command}", channel)
    for name, answer in answers.items():
        shared_floor.ana.fills(name, answer)

    assert list(shared_floor.ana.submits().errors) == [refused]
    shared_floor.ana.closes()


def test_buttons_of_a_closed_incident_say_that_it_is_closed(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    card = card_message(floor, channel)
    buttons = list(card.blocks)
    floor.says("ana", "/incident", channel)
    floor.says("ana", "/incident resolve over", channel)
    floor.says("ana", "/incident close", channel)
    # As on a screen that has not been redrawn yet.
    card.blocks = buttons

    with untouched(floor):
        floor.devi.clicks(f"{ids.CLAIM}.commander", channel=channel, ts=card.ts)
        floor.ana.clicks(ids.CHANGE_SEVERITY, channel=channel)
        floor.ana.clicks(ids.RESOLVE, channel=channel)
        assert floor.ana.modal is None

    sentence = "Incident 1 is closed. `/incident reopen` in its channel opens it again."
    assert sentence in floor.ephemeral("devi", channel)
    assert floor.ephemeral("ana", channel)[-2:] == [sentence, sentence]
    for command in ("severity S0", "status mitigated", "claim", "update", "resolve", "close"):
        assert floor.says("ana", f"/incident {command}", channel) == sentence
