"""The demo of *Show me*: a contact centre's phone menu goes silent, and is brought back."""

from slack_sandbox.page.demo_steps import DemoSteps

# The buttons of the app that is shown.
DECLARE_ANOTHER = "incident.open_another"
CLAIM_COMMAND = "incident.claim.commander"
CLAIM_COMMUNICATIONS = "incident.claim.communications_lead"
STEP_DONE = ("step.done", "step.answer")
RESOLVE = "incident.resolve"
CLOSE = "incident.close"

LOOK_S = 3.5
GLANCE_S = 1.5


def play(steps: DemoSteps) -> None:
    """From the first complaint to the post-mortem."""
    _something_is_wrong(steps)
    _people_take_their_places(steps)
    _the_floor_is_kept_informed(steps)
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
    # In a workspace that somebody tried before, the bot asks whether it is the incident that is open already.
    steps.goes_to_the_new_channel("ana", DECLARE_ANOTHER)
    steps.narrates("The bot opens a channel, pins a card and brings the playbook for this kind of outage.")
    steps.waits(2 * LOOK_S)


def _people_take_their_places(steps: DemoSteps) -> None:
    steps.narrates("Ana takes command with a button.")
    steps.presses("ana", CLAIM_COMMAND)
    steps.waits(LOOK_S)
    steps.narrates("Ben joins and will speak for the incident.")
    steps.presses("ben", CLAIM_COMMUNICATIONS)
    steps.waits(LOOK_S)
    steps.says("ana", "/incident impact Callers in Manila hear silence; about half of 120 calls an hour are lost")
    steps.says("chloe", "`trunk-7` is flapping. Carrier ticket is open, I am moving calls to trunk 8.")
    steps.waits(LOOK_S)
    steps.says("ana", "/incident status identified Trunk 7 is flapping")
    steps.waits(LOOK_S)


def _the_floor_is_kept_informed(steps: DemoSteps) -> None:
    steps.narrates("Half an hour passes. The promised update goes out by itself, and names the next one.")
    steps.lets_pass(minutes=31)
    steps.waits(2 * LOOK_S)
    steps.says("chloe", "Calls are on trunk 8. First test call answered :tada:")
    steps.says("ana", "/incident status mitigated Calls moved to trunk 8")
    steps.waits(LOOK_S)
    steps.narrates("The next steps of the playbook are done; who did what, and when, is written down.")
    for person, note in (("ana", "I have command"), ("chloe", "Both numbers answer"), ("ben", "Manila and Durban")):
        steps.presses(person, *STEP_DONE)
        steps.answers_form(person, note)
        steps.waits(GLANCE_S)
    steps.waits(LOOK_S)


def _it_is_over(steps: DemoSteps) -> None:
    steps.narrates("It is over: Ana resolves the incident and closes it.")
    steps.says("ana", "/incident")
    steps.presses("ana", RESOLVE)
    steps.answers_form("ana", "The carrier replaced the card of trunk 7")
    steps.waits(LOOK_S)
    steps.presses("ana", CLOSE)
    steps.answers_form("ana", "Everything is written down")
    steps.reads_the_direct_message("ana")
    steps.narrates("The post-mortem draft arrives as a file. The workspace is yours now.")
