"""The story of *Show me*: a contact centre's phone menu goes silent, and is brought back."""

from slack_sandbox.page.stage import Stage

# The buttons of the app that is shown.
CLAIM_COMMAND = "incident.claim.commander"
CLAIM_COMMUNICATIONS = "incident.claim.communications_lead"
STEP_DONE = ("step.done", "step.answer")
RESOLVE = "incident.resolve"
CLOSE = "incident.close"

LOOK_S = 3.5
GLANCE_S = 1.5


def play(stage: Stage) -> None:
    """From the first complaint to the post-mortem."""
    _something_is_wrong(stage)
    _people_take_their_places(stage)
    _the_floor_is_kept_informed(stage)
    _it_is_over(stage)


def _something_is_wrong(stage: Stage) -> None:
    stage.goes_to("operations")
    stage.narrates("02:50 in Manila. Devi runs the shift and notices something.")
    stage.says("devi", "Callers in Manila hear *silence* after the greeting. Two queues are empty :eyes:")
    stage.waits(LOOK_S)
    stage.says("chloe", "Same from Durban: the menu never answers.")
    stage.waits(GLANCE_S)
    stage.narrates("Ana declares an incident in one line.")
    stage.says("ana", "/incident declare S1 IVR down in Manila")
    stage.goes_to_the_new_channel()
    stage.narrates("The bot opens a channel, pins a card and brings the playbook for this kind of outage.")
    stage.waits(2 * LOOK_S)


def _people_take_their_places(stage: Stage) -> None:
    stage.narrates("Ana takes command with a button.")
    stage.presses("ana", CLAIM_COMMAND)
    stage.waits(LOOK_S)
    stage.narrates("Ben joins and will speak for the incident.")
    stage.presses("ben", CLAIM_COMMUNICATIONS)
    stage.waits(LOOK_S)
    stage.says("ana", "/incident impact Callers in Manila hear silence; about half of 120 calls an hour are lost")
    stage.says("chloe", "`trunk-7` is flapping. Carrier ticket is open, I am moving calls to trunk 8.")
    stage.waits(LOOK_S)
    stage.says("ana", "/incident status identified Trunk 7 is flapping")
    stage.waits(LOOK_S)


def _the_floor_is_kept_informed(stage: Stage) -> None:
    stage.narrates("Half an hour passes. The promised update goes out by itself, and names the next one.")
    stage.lets_pass(minutes=31)
    stage.waits(2 * LOOK_S)
    stage.says("chloe", "Calls are on trunk 8. First test call answered :tada:")
    stage.says("ana", "/incident status mitigated Calls moved to trunk 8")
    stage.waits(LOOK_S)
    stage.narrates("The next steps of the playbook are done; who did what, and when, is written down.")
    for person, note in (("ana", "I have command"), ("chloe", "Both numbers answer"), ("ben", "Manila and Durban")):
        stage.presses(person, *STEP_DONE)
        stage.answers_form(person, note)
        stage.waits(GLANCE_S)
    stage.waits(LOOK_S)


def _it_is_over(stage: Stage) -> None:
    stage.narrates("It is over: Ana resolves the incident and closes it.")
    stage.says("ana", "/incident")
    stage.presses("ana", RESOLVE)
    stage.answers_form("ana", "The carrier replaced the card of trunk 7")
    stage.waits(LOOK_S)
    stage.presses("ana", CLOSE)
    stage.answers_form("ana", "Everything is written down")
    stage.reads_the_direct_message("ana")
    stage.narrates("The post-mortem draft arrives as a file. The workspace is yours now.")
