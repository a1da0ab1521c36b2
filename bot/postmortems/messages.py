"""Renders the messages about a post-mortem, for the holders of copies and the place of publication."""

from collections.abc import Sequence

from sqlmodel import Session

from bot.incidents import ids as incident_ids
from bot.incidents.checklist import checked
from bot.incidents.facts import UPDATES_KEPT
from bot.incidents.registry import Registry
from bot.incidents.tables import Incident
from bot.outbox.kinds import Context
from bot.postmortems import copies, tables, versions, views
from bot.postmortems.copies import Copy
from bot.postmortems.rules import Verdict
from bot.postmortems.tables import PostMortem
from bot.postmortems.views import PostMortemFacts
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Message, actions, button
from bot.timeline import timeline


def channel_of(context: Context) -> str:
    """Return the message's destination: a person's or a channel's id."""
    return copies.get(context.session, int(context.row.subject)).place


def render(context: Context) -> Message:
    """Return one message with the post-mortem's current state."""
    incident, copy = context.incident, copies.get(context.session, int(context.row.subject))
    if not copies.with_readers(context.session, [copy]):
        return views.message_for_outsider(incident)
    text, blocks = views.message(facts(context.session, context.services, incident, copy), copy)
    if not copy.is_published:
        follow_up = button("Add a follow-up…", incident_ids.ADD_FOLLOW_UP, str(incident.number))
        blocks.insert(len(blocks) - 1, actions([follow_up], block_id=f"postmortem-followup-{copy.number}"))
    return text, blocks


def facts(session: Session, services: Services, incident: Incident, copy: Copy) -> PostMortemFacts:
    """Return the data of the message to the holder of a copy."""
    postmortem = tables.get(session, copy.postmortem_id)
    uploaded_by = versions.get(session, postmortem.number, postmortem.version).uploaded_by or ""
    all_copies = copies.of_postmortem(session, postmortem.number)
    updates = services.get(Registry).ask(UPDATES_KEPT)(session, incident.number)
    return PostMortemFacts(
        incident=incident,
        postmortem=postmortem,
        copies=all_copies,
        now=utcnow(),
        kept=updates.kept,
        due=updates.promised,
        ended_by=timeline.resolution(session, incident.number),
        address=_file_url(session, services, copy),
        uploaded_by=uploaded_by,
        checklist=[*checked(session, services, incident), *_own_items(all_copies, is_edited=bool(uploaded_by))],
    )


def _own_items(all_copies: Sequence[Copy], *, is_edited: bool) -> list[tuple[str, bool]]:
    """Return the post-mortem's own checklist items: answers to its questions, and a review."""
    reviewers = [copy for copy in all_copies if copy.is_reviewer]
    is_reviewed = bool(reviewers) and all(copy.verdict == Verdict.FINE for copy in reviewers)
    return [("Questions answered: an edited version in the thread", is_edited), ("Reviewed", is_reviewed)]


def facts_of(session: Session, services: Services, incident: Incident, postmortem: PostMortem) -> PostMortemFacts:
    """Return the same data for a form, which is not tied to a copy."""
    return facts(session, services, incident, copies.of_postmortem(session, postmortem.number)[0])


def _file_url(session: Session, services: Services, copy: Copy) -> str:
    """Return the address of this copy's newest file."""
    files = versions.uploads(session, copy.number, copy.shared_version) or versions.uploads(
        session, copy.number, copy.wanted_version
    )
    if not files:
        return ""
    version = versions.get(session, copy.postmortem_id, files[0].version)
    is_their_upload = version.uploaded_file_id == files[0].file_id
    return services.slack.file_url(
        files[0].file_id, files[0].name, version.uploaded_by if is_their_upload else None
    )
