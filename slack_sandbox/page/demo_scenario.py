"""The demo of *Show me*: a contact centre's phone menu goes silent and is restored."""

from datetime import UTC, datetime

from slack_sandbox.page.demo_steps import DemoSteps

# The buttons of the app in the demo.
DECLARE_ANOTHER = "incident.open_another"
CLAIM_COMMAND = "incident.claim.commander"
CLAIM_COMMUNICATIONS = "incident.claim.communications_lead"
STEP_DONE = ("step.done", "step.answer")
USE_FIGURES = "figures.use"
CHANGE_CALLER_MESSAGE = "frontdoor.change"
STILL_NEEDED = "frontdoor.still_needed"
RESOLVE = "incident.resolve"
CLOSE = "incident.close"

LOOK_S = 3.5
GLANCE_S = 1.5
INTERVAL_S = 1800
# Half hours before the report: contacts offered, and those answered in time; 200 were expected in each.
MORNING = [(198, 170), (204, 172), (196, 169), (201, 171), (199, 168), (203, 174)]


def play(steps: DemoSteps) -> None:
    """Play from the first complaint to the post-mortem."""
    _something_is_wrong(steps)
    _people_take_their_places(steps)
    _the_floor_is_kept_informed(steps)
    _the_figures_say_what_it_costs(steps)
    _it_is_mended(steps)
    _it_is_over(steps)


def _something_is_wrong(steps: DemoSteps) -> None:
    steps.goes_to("operations")
    steps.narrates("02:50 in Manila. Devi runs the shift and notices something.")
    steps.says("devi", "Callers in Manila hear *silence* after the greeting. Two queues are empty :eyes:")
    steps.waits(LOOK_S)
    steps.says("chloe", "Same from Durban: the menu never answers.")
    steps.waits(GLANCE_S)
    steps.narrates("Ana declares an incident in one line.")
    steps.says("ana", "/incident declare S1 IVR down in Manila")
    # In a workspace that was used before, the bot asks whether this is the incident already open.
    steps.goes_to_the_new_channel("ana", DECLARE_ANOTHER)
    steps.narrates("The bot opens a channel, pins a card and brings the playbook for this kind of outage.")
    steps.waits(2 * LOOK_S)


def _people_take_their_places(steps: DemoSteps) -> None:
    steps.narrates("Ana takes command with a button.")
    steps.presses("ana", CLAIM_COMMAND)
    steps.waits(LOOK_S)
    steps.narrates("Ben joins and will speak for the incident.")
    steps.presses("ben", CLAIM_COMMUNICATIONS)
    steps.waits(GLANCE_S)
    steps.narrates("What is known goes into one form. Every update is written from it.")
    steps.says("ben", "/incident brief")
    steps.fills_form(
        "ben",
        impact="Callers in Manila hear silence; about half of 120 calls an hour are lost",
        actions="Chloe moves calls to trunk 8",
    )
    steps.waits(LOOK_S)
    steps.narrates("The playbook asks for what matters later; who did what, and when, is written down.")
    _steps_are_done(
        steps,
        ("chloe", "Both numbers", "Menu broken or silent"),
        ("ana", "Manila alone", "Several queues"),
        ("chloe", "Nothing of ours", "No"),
        ("ben", "", ""),
    )
    steps.says("ana", "/incident milestones")
    steps.fills_form("ana", milestone="detected", how="floor", reason="Devi saw two empty queues")
    steps.says("chloe", "`trunk-7` is flapping. Carrier ticket is open, I am moving calls to trunk 8.")
    steps.waits(LOOK_S)


def _the_floor_is_kept_informed(steps: DemoSteps) -> None:
    steps.says("ana", "/incident status identified Trunk 7 is flapping")
    _steps_are_done(steps, ("chloe", "CAR-4711, Nadia", ""), ("ben", "On all lines", ""))
    steps.presses("ben", CHANGE_CALLER_MESSAGE)
    _the_approved_wording_is_recorded(steps)
    _steps_are_done(steps, ("chloe", "Trunk 8", ""))
    steps.narrates("Half an hour passes. Each update goes out on its promised minute, and names the next one.")
    steps.lets_pass(minutes=12)
    _steps_are_done(steps, ("ben", "Told", ""), ("ben", "Told", ""))
    steps.presses("ben", STILL_NEEDED)
    steps.lets_pass(minutes=16)
    _steps_are_done(steps, ("chloe", "He replaces the card now", ""))
    steps.lets_pass(minutes=3)
    steps.waits(2 * LOOK_S)


def _the_approved_wording_is_recorded(steps: DemoSteps) -> None:
    spoken = {
        "text.en": "We know that some calls are silent today. Please stay on the line, or ask for a call back."
    }
    choices = {"lines": "Billing, Orders", "approved_by": steps.id_of("devi"), "heard_now": ["yes"]}
    steps.fills_form("ben", **spoken, **choices)


def _the_figures_say_what_it_costs(steps: DemoSteps) -> None:
    steps.narrates("Devi drops the wallboard's report into the channel: the bot says what it costs.")
    steps.drops("devi", "billing-voice.csv", _report(steps, [*MORNING, (112, 31)]))
    steps.presses("devi", USE_FIGURES)
    steps.waits(2 * LOOK_S)
    steps.says("chloe", "Calls are on trunk 8. First test call answered :tada:")
    steps.says("ben", "/incident brief")
    steps.fills_form(
        "ben",
        cause="Trunk 7 of the carrier is flapping",
        certainty="Known",
        actions="Calls run on trunk 8 while the carrier replaces the card of trunk 7",
    )
    steps.says("ana", "/incident status mitigated Calls moved to trunk 8")
    steps.waits(LOOK_S)


def _it_is_mended(steps: DemoSteps) -> None:
    steps.narrates("Five good test calls, and the figures are back: the fix holds.")
    steps.presses("ben", STILL_NEEDED)
    steps.lets_pass(minutes=26)
    _steps_are_done(steps, ("chloe", "Five of five", ""), ("ana", "Breaks moved", ""))
    steps.drops("devi", "billing-voice-2.csv", _report(steps, [*MORNING, (112, 31), (214, 176)]))
    steps.presses("devi", USE_FIGURES)
    _steps_are_done(steps, ("ben", "Gone", ""), ("chloe", "All back", ""), ("ben", "", ""), ("devi", "Loaded", ""))
    steps.waits(LOOK_S)


def _it_is_over(steps: DemoSteps) -> None:
    steps.narrates("Ana resolves it: everyone who was told hears how it ended.")
    steps.says("ana", f"/incident followup <@{steps.id_of('chloe')}> prevent: a second carrier for Manila")
    steps.says("ana", f"/incident followup <@{steps.id_of('ben')}> detect: an alarm on silent menus")
    steps.says("ana", "/incident note decision: calls stay on trunk 8 until Monday")
    steps.says("ana", "/incident")
    steps.presses("ana", RESOLVE)
    steps.answers_form("ana", "The carrier replaced the card of trunk 7")
    steps.waits(LOOK_S)
    steps.presses("ana", CLOSE)
    steps.answers_form("ana", "Everything is written down")
    steps.reads_the_direct_message("ana")
    steps.narrates("The post-mortem draft arrives as a file. The workspace is yours now.")


def _steps_are_done(steps: DemoSteps, *answers: tuple[str, str, str]) -> None:
    """Do the playbook's next steps, each with the person's answer."""
    for person, note, choice in answers:
        steps.presses(person, *STEP_DONE)
        steps.answers_form(person, note, choice=choice)
        steps.sees_the_button_gone(person)
        steps.waits(GLANCE_S)


def _report(steps: DemoSteps, half_hours: list[tuple[int, int]]) -> bytes:
    """A wallboard's export of the half hours until now; of the last one only what has come so far."""
    now = int(steps.now())
    passed = now % INTERVAL_S / INTERVAL_S
    half_hours = [*half_hours[:-1], (round(half_hours[-1][0] * passed), round(half_hours[-1][1] * passed))]
    first = now - now % INTERVAL_S - (len(half_hours) - 1) * INTERVAL_S
    lines = ["Queue,Site,Interval start,Offered,Answered,Answered in 20 seconds,Abandoned,AHT,ASA,Agents,Forecast"]
    for place, (offered, in_time) in enumerate(half_hours):
        at = datetime.fromtimestamp(first + place * INTERVAL_S, UTC)
        answered = min(offered, in_time + 20)
        cells = (offered, answered, in_time, offered - answered, 300, 24, 42, 200)
        lines.append(f"Billing voice,Manila,{at:%Y-%m-%dT%H:%M}Z,{','.join(map(str, cells))}")
    return "\n".join(lines).encode()
