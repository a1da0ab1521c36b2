"""Clicks and forms of people."""

from bot.escalation import ids as escalation
from bot.followups import ids as followups
from bot.incidents import ids as incidents
from bot.partners import ids as partners
from bot.playbooks import ids as playbooks
from bot.postmortems import ids as postmortems
from bot.updates import ids as updates
from tests.soak import commands
from tests.soak.ledger import Outcome, Trace
from tests.soak.people import Actor, number_of

DM = "dm"
PARTNER_CHANNELS = {"olga": "partner-northline", "gus": "partner-sagebrush"}


def step(actor: Actor) -> None:
    """Complete, take or snooze a step of the playbook; the step of taking command takes command instead."""
    channel = actor.an_incident()
    action, kind = actor.rng.choice(
        (
            (playbooks.STEP_DONE, "step_done"),
            (playbooks.STEP_DONE, "step_done"),
            (playbooks.STEP_TAKE, ""),
            (playbooks.STEP_SNOOZE_10, ""),
        )
    )
    value, number = actor.a_button(action, channel)
    trace = Trace(kind, number, actor.id) if kind else None
    actor.clicks(
        action,
        channel,
        trace,
        value=value,
        done=r"Incident \d+: “.*” is done|You are commander of",
        is_silent=action != playbooks.STEP_SNOOZE_10,
        perhaps=[commands.role_taken(actor, number, "commander"), *commands.steps_done(actor, number)],
    )


def undo_step(actor: Actor) -> None:
    """Undo a step in the list of all steps; the answer comes by direct message."""
    channel = actor.an_incident()
    if actor.opens_form(playbooks.SHOW_ALL, channel):
        actor.me.clicks(playbooks.STEP_UNDO, surface="modal")
        # Whoever reopens an incident also opens the steps that were waived for its end.
        reopened = (("was", "waived"),)
        trace = Trace("step_undone", number_of(channel), actor.id, others_facts=reopened)
        actor.noted("[undo]", channel, Outcome.UNSURE, trace=trace)
        actor.closes_forms()


def skip_step(actor: Actor) -> None:
    """Skip a step, with a reason."""
    channel, reason = actor.an_incident(), actor.token()
    value, number = actor.a_button(playbooks.STEP_SKIP, channel)
    if actor.opens_form(playbooks.STEP_SKIP, channel, value):
        actor.me.fills(playbooks.REASON, reason)
        trace = Trace("step_skipped", number, actor.id, (("reason", reason),))
        actor.submits("step skipped", channel, trace)


def answer_step(actor: Actor) -> None:
    """Complete a step that has questions, with its form as it stands."""
    channel = actor.an_incident()
    value, number = actor.a_button(playbooks.STEP_ANSWER, channel)
    if actor.opens_form(playbooks.STEP_ANSWER, channel, value):
        actor.submits("step answered", channel, Trace("step_done", number, actor.id))


def end(actor: Actor) -> None:
    """Resolve, close or reopen an incident by the panel."""
    button, kind = actor.rng.choice(
        (
            (incidents.RESOLVE, "resolved"),
            (incidents.RESOLVE, "resolved"),
            (incidents.CLOSE, "closed"),
            (incidents.REOPEN, "reopened"),
        )
    )
    _end(actor, actor.an_incident(), button, kind)


def finish_an_old_one(actor: Actor) -> None:
    """Resolve, then close, an incident that people have left alone for a while: a floor has only so many open."""
    finished = actor.shared.ledger.finished
    channel = actor.an_old_incident(finished)
    _end(actor, channel, incidents.RESOLVE, "resolved")
    if _end(actor, channel, incidents.CLOSE, "closed") == Outcome.DONE:
        finished.add(channel)


def _end(actor: Actor, channel: str, button: str, kind: str) -> Outcome:
    """Use the panel's form, waiving every step that stands in the way."""
    reason = actor.token()
    actor.types(incidents.COMMAND, channel, ".*")
    if not actor.opens_form(button, channel):
        return Outcome.REFUSED
    actor.me.fills(incidents.REASON, reason)
    if has_field(actor, incidents.WAIVER):
        actor.me.fills(incidents.WAIVER, "later")
    return actor.submits(kind, channel, Trace(kind, number_of(channel), actor.id, (("reason", reason),)))


def draft(actor: Actor) -> None:
    """Decide about an update before it is due."""
    act = actor.rng.choice(("now", "nothing", "later", "edit"))
    if act == "now":
        actor.clicks(updates.SEND_NOW, DM, is_silent=True)
    elif act == "nothing":
        actor.clicks(updates.NOTHING_NEW, DM, is_silent=True)
    elif act == "later" and actor.opens_form(updates.LATER, DM):
        actor.me.fills(updates.REASON, f"the carrier calls back {actor.token()}")
        actor.submits("update put off", DM, None)
    elif act == "edit" and actor.opens_form(updates.EDIT, DM):
        actor.me.fills(updates.TEXT, f"half of the calls work again {actor.token()}")
        actor.submits("update in other words", DM, None)


def answer_page(actor: Actor) -> None:
    """Answer a page: on my way, or not."""
    actor.clicks(
        actor.rng.choice((escalation.ON_MY_WAY, escalation.ON_MY_WAY, escalation.CANNOT)), DM, done="Thank you"
    )


def partner(actor: Actor) -> None:
    """Answer a notice as a partner's people."""
    channel = PARTNER_CHANNELS.get(actor.name)
    if channel is None:
        raise LookupError("no partner")
    if actor.rng.random() < 0.6:
        actor.clicks(partners.RECEIVED, channel)
    elif actor.opens_form(partners.AFFECTED, channel):
        actor.me.fills(partners.AGENTS, str(actor.rng.randint(1, 90)))
        actor.submits("agents affected", channel, None)


def own_follow_up(actor: Actor) -> None:
    """Complete or decline a follow-up."""
    actor.clicks(actor.rng.choice((followups.DONE, followups.DONE, followups.NOT_MINE)), DM)


def publish(actor: Actor) -> None:
    """Publish a post-mortem."""
    if actor.opens_form(postmortems.PUBLISH, DM):
        if has_field(actor, postmortems.REASON):
            actor.me.fills(postmortems.REASON, "nothing more is known")
        actor.submits("post-mortem published", DM, None)


def home(actor: Actor) -> None:
    """Open the App Home."""
    actor.me.opens_home()


def has_field(actor: Actor, block_id: str) -> bool:
    """True if the open form has this field."""
    view = actor.me.modal
    return view is not None and any(block.get("block_id") == block_id for block in view["blocks"])
