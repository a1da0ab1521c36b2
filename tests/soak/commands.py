"""Commands and messages that people type."""

from bot.incidents.ids import COMMAND
from tests.soak.ledger import Outcome, Trace
from tests.soak.people import Actor, number_of

SEVERITIES = ("S0", "S1", "S1", "S2", "S2", "S3", "S4")
STATUSES = ("investigating", "identified", "mitigated", "monitoring")
ROLES = {
    "commander": "commander",
    "communications_lead": "communications lead",
    "scribe": "scribe",
    "responder": "responder",
}
TITLES = (
    "phones are dead in Manila",
    "IVR down at Northline",
    "CRM is slow for Sagebrush",
    "logins fail in Cebu",
    "payments are refused",
    "routing sends calls to the wrong queue",
    "the vendor is away at Telvia",
    "something is wrong",
)
PLAYBOOKS = {
    "crm-down": "CRM or desktop tool down",
    "telephony-down": "Telephony or IVR down",
    "generic": "Any other incident",
}
STAFF = ("U0ANA", "U0BEN", "U0CHLOE", "U0DEVI", "U0ERIK", "U0FARAH", "U0HANA")
MOST_PLAYBOOKS = 3
EMOJI = ("pushpin", "scales", "no_entry_sign", "busts_in_silhouette")


def declare(actor: Actor) -> None:
    """Declare an incident in one line."""
    subject = actor.rng.choice(TITLES)
    # As many words of its own as shared ones: the bot asks first about a title that resembles another incident's.
    title = " ".join([subject, *(actor.token() for _ in subject.split())])
    command = f"{COMMAND} declare {actor.rng.choice(SEVERITIES)} {title}"
    outcome = actor.types(command, "general", "Opening an incident", None)
    actor.shared.ledger.counts[f"declarations {outcome}"] += 1


def severity(actor: Actor) -> None:
    """Change the severity, with a reason."""
    channel, reason = actor.an_incident(), actor.token()
    trace = Trace("severity", number_of(channel), actor.id, (("reason", reason),))
    wanted = actor.rng.choice(SEVERITIES)
    actor.types(f"{COMMAND} severity {wanted} {reason}", channel, r"Severity changed from S\d to S\d", trace)


def status(actor: Actor) -> None:
    """Change the status, with a reason."""
    channel, reason = actor.an_incident(), actor.token()
    trace = Trace("status", number_of(channel), actor.id, (("reason", reason),))
    wanted = actor.rng.choice(STATUSES)
    actor.types(f"{COMMAND} status {wanted} {reason}", channel, "Status changed", trace)


def impact(actor: Actor) -> None:
    """Describe the impact."""
    channel, words = actor.an_incident(), actor.token()
    trace = Trace("impact", number_of(channel), actor.id, (("text", words),))
    actor.types(f"{COMMAND} impact half the calls {words}", channel, "Impact saved", trace)


def steps_done(actor: Actor, number: int) -> list[Trace]:
    """What filling a role perhaps leaves: its step is done in each of the playbooks that run."""
    return [Trace("step_done", number, actor.id)] * MOST_PLAYBOOKS


def role_taken(actor: Actor, number: int, role: str) -> Trace:
    """What taking a role leaves."""
    return Trace("role_taken", number, actor.id, (("role", ROLES[role]), ("user", actor.id)))


def claim(actor: Actor) -> None:
    """Claim a role for oneself."""
    channel, role = actor.an_incident(), actor.rng.choice(list(ROLES))
    number = number_of(channel)
    trace, steps = role_taken(actor, number, role), steps_done(actor, number)
    actor.types(f"{COMMAND} claim {role}", channel, r"You are .* of incident", trace, steps)


def assign(actor: Actor) -> None:
    """Give somebody a role."""
    assign_role(actor, actor.an_incident(), actor.rng.choice(list(ROLES)), actor.rng.choice(STAFF))


def assign_role(actor: Actor, channel: str, role: str, person: str) -> None:
    """Give a person a role of an incident; nothing changes for those who have it already."""
    trace = Trace("role_given", number_of(channel), actor.id, (("role", ROLES[role]), ("user", person)))
    steps = steps_done(actor, number_of(channel))
    actor.types(f"{COMMAND} assign {role} <@{person}>", channel, r"<@\w+> is .* of incident \d+ now", trace, steps)


def hand_over(actor: Actor) -> None:
    """Hand one's role over to somebody else."""
    channel, role, person = actor.an_incident(), actor.rng.choice(list(ROLES)), actor.rng.choice(STAFF)
    trace = Trace("role_handed_over", number_of(channel), actor.id, (("role", ROLES[role]), ("user", person)))
    steps = steps_done(actor, number_of(channel))
    actor.types(f"{COMMAND} handover {role} <@{person}>", channel, r"<@\w+> is .* now\. Tell", trace, steps)


def leave(actor: Actor) -> None:
    """Give up a role."""
    channel, role = actor.an_incident(), actor.rng.choice(list(ROLES))
    trace = Trace("role_left", number_of(channel), actor.id, (("role", ROLES[role]),))
    actor.types(f"{COMMAND} leave {role}", channel, "You are no longer", trace)


def note(actor: Actor) -> None:
    """Write a note in the timeline."""
    channel, words = actor.an_incident(), actor.token()
    trace = Trace("note", number_of(channel), actor.id, (("text", words),))
    actor.types(f"{COMMAND} note we restarted it {words}", channel, "Added to the timeline", trace)


def follow_up(actor: Actor) -> None:
    """Add a follow-up."""
    channel, words, owner = actor.an_incident(), actor.token(), actor.rng.choice(STAFF)
    trace = Trace("followup_added", number_of(channel), actor.id, (("text", words),))
    actor.types(f"{COMMAND} followup <@{owner}> mend {words}", channel, r"Follow-up \d+ added", trace)


def pause(actor: Actor) -> None:
    """Pause the updates by the clock."""
    channel, reason = actor.an_incident(), actor.token()
    trace = Trace("updates_paused", number_of(channel), actor.id, (("reason", reason),))
    actor.types(f"{COMMAND} pause {reason}", channel, "Updates are paused; the last", trace)


def resume(actor: Actor) -> None:
    """Resume the updates."""
    channel = actor.an_incident()
    trace = Trace("updates_resumed", number_of(channel), actor.id)
    actor.types(f"{COMMAND} resume", channel, "Updates continue", trace)


def cadence(actor: Actor) -> None:
    """Change the cadence."""
    channel, minutes = actor.an_incident(), actor.rng.randint(5, 90)
    trace = Trace("update_pace", number_of(channel), actor.id)
    actor.types(f"{COMMAND} cadence {minutes} min", channel, ".*: updates come every", trace)


def update(actor: Actor) -> None:
    """Send an update at once, in a person's words."""
    channel, words = actor.an_incident(), actor.token()
    outcome = actor.types(f"{COMMAND} update calls go to Cebu {words}", channel, "The update is on its way")
    if outcome == Outcome.DONE:
        actor.shared.ledger.promised_words.append((number_of(channel), words))


def partner_added(actor: Actor) -> None:
    """Add a partner to the incident."""
    channel, partner = actor.an_incident(), actor.rng.choice(("Northline", "Sagebrush", "Telvia"))
    trace = Trace("partner_added", number_of(channel), actor.id, (("partner", partner),))
    actor.types(f"{COMMAND} partners add {partner}", channel, "Added as affected", trace)


def partner_told(actor: Actor) -> None:
    """Send the partners' notices now, and record one phone call."""
    channel = actor.an_incident()
    actor.types(f"{COMMAND} partners tell", channel, "The notice is on its way")
    trace = Trace("partner_phoned", number_of(channel), actor.id, (("partner", "Telvia"),))
    # A partner that was not on the list is added to it.
    added = Trace("partner_added", number_of(channel), actor.id, (("partner", "Telvia"),))
    actor.types(f"{COMMAND} partners phoned Telvia 12", channel, "Recorded: Telvia", trace, [added])


def page(actor: Actor) -> None:
    """Page somebody."""
    channel, person, reason = actor.an_incident(), actor.rng.choice(STAFF), actor.token()
    actor.types(f"{COMMAND} page <@{person}> look {reason}", channel, ".*")


def subscribe(actor: Actor) -> None:
    """Subscribe to updates by direct message, or unsubscribe."""
    channel = actor.an_incident()
    actor.types(f"{COMMAND} {actor.rng.choice(('subscribe', 'unsubscribe'))}", channel, "You (already )?get")


def playbook(actor: Actor) -> None:
    """Start another playbook beside those that run, or in their place; one that already runs is only reported."""
    channel, name = actor.an_incident(), actor.rng.choice(list(PLAYBOOKS))
    what = actor.rng.choice(("start", "switch", "stop"))
    traces = {
        book: Trace("playbook_stopped", number_of(channel), actor.id, (("playbook", title),))
        for book, title in PLAYBOOKS.items()
    }
    done = r"The playbook “.*” is stopped;" if what == "stop" else r"The playbook “.*” (is|runs)"
    # Switching stops the other runs, and the timeline records that.
    stopped_traces = [trace for book, trace in traces.items() if what == "switch" and book != name]
    trace = traces[name] if what == "stop" else None
    actor.types(f"{COMMAND} playbook {what} {name}", channel, done, trace, stopped_traces)


def resolve(actor: Actor) -> None:
    """Resolve an incident."""
    resolve_it(actor, actor.an_incident())


def resolve_it(actor: Actor, channel: str) -> None:
    """Resolve this incident."""
    reason = actor.token()
    trace = Trace("resolved", number_of(channel), actor.id, (("reason", reason),))
    actor.types(f"{COMMAND} resolve {reason}", channel, r"Resolved\.", trace)


def close(actor: Actor) -> None:
    """Close an incident."""
    close_it(actor, actor.an_incident())


def close_it(actor: Actor, channel: str) -> Outcome:
    """Close this incident."""
    reason = actor.token()
    trace = Trace("closed", number_of(channel), actor.id, (("reason", reason),))
    return actor.types(f"{COMMAND} close {reason}", channel, r"Closed\.", trace)


def finish_an_old_one(actor: Actor) -> None:
    """Resolve, then close, an incident that people have left alone for a while: a floor has only so many open."""
    finished = actor.shared.ledger.finished
    channel = actor.an_old_incident(finished)
    resolve_it(actor, channel)
    if close_it(actor, channel) == Outcome.DONE:
        finished.add(channel)


def reopen(actor: Actor) -> None:
    """Reopen an incident."""
    channel, reason = actor.an_incident(), actor.token()
    trace = Trace("reopened", number_of(channel), actor.id, (("reason", reason),))
    actor.types(f"{COMMAND} reopen {reason}", channel, r"Incident \d+ is open again", trace)


def ask(actor: Actor) -> None:
    """Look at something."""
    channel = actor.an_incident()
    what = actor.rng.choice(("", "list", "timeline", "updates", "partners", "milestones", "followups", "steps"))
    actor.types(f"{COMMAND} {what}".strip(), channel, ".*")


def say(actor: Actor) -> None:
    """Write in the channel; sometimes the message is marked, edited, or in a thread."""
    channel, words = actor.an_incident(), actor.token()
    message = actor.says(f"the trunk is {words}", channel)
    said = [words]
    if actor.rng.random() < 0.3:
        actor.me.reacts(actor.rng.choice(EMOJI), channel, message.ts)
    if actor.rng.random() < 0.3:
        said.append(actor.token())
        actor.me.edits(channel, message.ts, f"the trunk is {said[-1]}")
    actor.shared.ledger.counts["messages said"] += 1
    actor.noted(f"says {' then '.join(said)}", channel, Outcome.DONE)
