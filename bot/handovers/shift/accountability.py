"""Each open item has exactly one accountable person at every instant; a change is one transaction.

The offers of an item are locked before the accountability for it, whatever changes both.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from bot import directory, outbox
from bot.handovers.rules import State
from bot.handovers.shift import tables, views
from bot.handovers.shift.tables import Accountability
from bot.handovers.shift.wording import translator_for
from bot.handovers.tables import Handover
from bot.incidents.change import Change
from bot.incidents.events import Closed, Declared, Declined, MadePrivate, Merged, Reopened, Resolved, Withdrawn
from bot.incidents.facts import CONTACT_NOW, FALLBACK
from bot.incidents.registry import Registry
from bot.outbox import kinds
from bot.runtime.database import insert, insert_new
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import mention

BEGAN, ACCEPTED, UNAVAILABLE = "began", "accepted", "unavailable"
# Nobody was on duty when the incident began: the next point of contact hands it over.
STAND_IN = "stand-in"
INCIDENT = "incident:"
OFFER_AGAIN = "`/incident handover shift` offers them to somebody else."
STILL_YOURS = "{person} is not available any more, so what you offered them is still yours."
YOURS_NOW = "{person} is not available: you are accountable for {items} of theirs now."
SHOWS_THEM = "`/incident handover shift` shows them and hands them over."
NOBODYS = (
    "Neither {person} nor anybody named in `shifts: fallback` is there, so {person} still answers for {items}."
)
NAME_SOMEBODY = "Name somebody in floor.yaml who is available."


def begin(session: Session, item: str, user_id: str, now: datetime, reason: str = BEGAN) -> None:
    """Make a person accountable from now on, unless somebody already is."""
    if tables.accountable(session, item) is None:
        # Another person may begin at this moment: the unique index decides.
        insert_new(session, Accountability(item=item, user_id=user_id, since=now, reason=reason))


def transfer(session: Session, item: str, user_id: str, reason: str, now: datetime) -> None:
    """Make another person accountable from the same instant at which the previous person stops being so."""
    current = tables.accountable(session, item)
    if current is not None and current.user_id == user_id:
        return
    if current is not None:
        # A clock that was set back must not make an interval end before it began.
        now = max(now, current.since)
        current.until = now
        session.flush()
    insert(session, Accountability(item=item, user_id=user_id, since=now, reason=reason))


def end(session: Session, item: str, now: datetime) -> None:
    """End the accountability for an item that is over, and withdraw an offer of it that was not accepted."""
    if unaccepted_offer := tables.unaccepted_item(session, item):
        withdraw(session, unaccepted_offer, now)
    current = tables.accountable(session, item)
    if current is not None:
        current.until = max(now, current.since)
        session.flush()


def withdraw(session: Session, handover: Handover, now: datetime) -> None:
    handover.decide(State.WITHDRAWN, now)
    session.flush()
    close_question(session, handover, now)
    outbox.edit_about(session, kinds.SHIFT_HANDOVER, str(handover.shift_id), now)


# Incidents: the person on duty when an incident begins is accountable for it


def follow_declared(change: Change, event: Declared) -> None:
    """Make the point of contact accountable for a new incident; failing that the fallback, else the declarer."""
    if not change.incident.is_drill:
        begin(change.session, f"{INCIDENT}{change.number}", *_on_duty(change))


def follow_reopened(change: Change, event: Reopened) -> None:
    """Make the person on duty accountable for an incident that is open again."""
    if not change.incident.is_drill:
        begin(change.session, f"{INCIDENT}{change.number}", *_on_duty(change))


def follow_ended(change: Change, event: Resolved | Closed | Declined | Merged | Withdrawn) -> None:
    """End the accountability for an incident that is over."""
    end(change.session, f"{INCIDENT}{change.number}", change.now)


def hide_words(change: Change, event: MadePrivate) -> None:
    """Remove the incident's text from shift handovers, leaving only the fact that the incident exists."""
    for handover in tables.of_incident(change.session, change.number):
        owner_id = str((handover.content or {}).get("owner_id") or "")
        content = {"key": handover.item, "title": private_title(change.number), "incident_id": change.number}
        handover.content = {**content, "severity": change.incident.severity}
        handover.note = handover.question = ""
        change.session.flush()
        hide_question(change.session, change.services, handover, owner_id, change.now)
        outbox.edit_about(change.session, kinds.SHIFT_HANDOVER, str(handover.shift_id), change.now)
        outbox.edit_about(change.session, kinds.SHIFT_CALL, str(handover.shift_id), change.now)


def private_title(number: int) -> str:
    """The only text shown about a private incident outside its channel."""
    return f"#{number} is private: read its channel"


def _on_duty(change: Change) -> tuple[str, datetime, str]:
    """The person on duty, since when, and why: the point of contact, or somebody who stands in for one."""
    registry, session, services, now = change.services.get(Registry), change.session, change.services, change.now
    for contact in registry.ask(CONTACT_NOW)(session, services, now):
        return contact, now, BEGAN
    fallback = registry.ask(FALLBACK)(session, services, "", now)
    return fallback or change.incident.declared_by, now, STAND_IN


# A person becomes unavailable


def replace(session: Session, services: Services, user_id: str, now: datetime) -> None:
    """Transfer a person's items to the fallback, if there is one, in this transaction; withdraw offers to them."""
    fallback = services.get(Registry).ask(FALLBACK)(session, services, user_id, now)
    pending_offers = tables.pending_of(session, user_id)
    accountabilities = tables.held_by(session, user_id)
    if fallback:
        for accountability in accountabilities:
            transfer(session, accountability.item, fallback, UNAVAILABLE, now)
    for pending_offer in pending_offers:
        _settle_offer(session, services, pending_offer, user_id, fallback, now)
    if accountabilities:
        _notify(
            session, services, user_id, fallback, [accountability.item for accountability in accountabilities], now
        )


def _settle_offer(
    session: Session, services: Services, pending_offer: Handover, user_id: str, fallback: str | None, now: datetime
) -> None:
    """Withdraw an offer to the person; one from them passes to the fallback (accepted if made to it)."""
    if pending_offer.to_id == user_id:
        withdraw(session, pending_offer, now)
        if pending_offer.from_id != user_id:
            translate = translator_for(session, services, pending_offer.from_id)
            text = f"{translate(STILL_YOURS, person=mention(user_id))} {translate(OFFER_AGAIN)}"
            outbox.post(
                session, f"shift_handover:{pending_offer.shift_id}:{user_id}:away", pending_offer.from_id, text, now
            )
    elif fallback == pending_offer.to_id:
        pending_offer.decide(State.ACCEPTED, now)
    elif fallback:
        pending_offer.from_id = fallback
    session.flush()
    outbox.edit_about(session, kinds.SHIFT_HANDOVER, str(pending_offer.shift_id), now)


def _notify(
    session: Session, services: Services, user_id: str, fallback: str | None, items: Iterable[str], now: datetime
) -> None:
    count = len(list(items))
    floor = services.floor
    channel_id = directory.channel_id(session, floor.shifts.channel or floor.incidents_channel)
    translate = translator_for(session, services, fallback or channel_id or "")
    items_text = translate("1 item") if count == 1 else translate("{count} items", count=count)
    key = f"accountable:{user_id}:{now.isoformat()}"
    facts = {"person": mention(user_id), "items": items_text}
    if fallback:
        outbox.post(session, key, fallback, f"{translate(YOURS_NOW, **facts)} {translate(SHOWS_THEM)}", now)
    elif channel_id and (floor.shifts.roles or floor.shifts.fallback):
        # Without shifts there is nothing to name in the file: the incident's channel asks for its roles.
        outbox.post(session, key, channel_id, f"⚠️ {translate(NOBODYS, **facts)} {translate(NAME_SOMEBODY)}", now)


def of_items(session: Session) -> dict[str, str]:
    """Return the accountable person of each open item."""
    return {each.item: each.user_id for each in tables.all_held(session)}


def others_items(session: Session, services: Services, user_id: str, now: datetime) -> set[str]:
    """The items that the person may not hand over, because others are accountable for them.

    The point of contact hands over the incidents for which others only stand in.
    """
    is_contact = user_id in services.get(Registry).ask(CONTACT_NOW)(session, services, now)
    return {
        each.item
        for each in tables.all_held(session)
        if each.user_id != user_id and not (is_contact and each.reason == STAND_IN)
    }


def relieve_stand_ins(session: Session, items: Collection[str], user_id: str, now: datetime) -> None:
    """Make the person accountable for those of these items for which others only stand in."""
    for each in tables.all_held(session):
        if each.item in items and each.reason == STAND_IN:
            transfer(session, each.item, user_id, BEGAN, now)


def question_key(handover: Handover) -> str:
    return f"shift_item:{handover.number}:question"


def next_step_key(shift_id: int, item: str) -> str:
    """The key of the message that asks for an item's next step."""
    return f"next_step:{shift_id}:{item}"


def close_question(session: Session, handover: Handover, now: datetime) -> None:
    """Take the button off the question about an item, if there was one."""
    row = outbox.by_key(session, question_key(handover))
    if row and row.payload:
        outbox.edit(session, row, _without_buttons(row.payload["blocks"]), now)


def show_next_step(
    session: Session, services: Services, handover: Handover, owner_id: str, shift_id: int, now: datetime
) -> None:
    """Show the next step in the message that asked for it."""
    if row := outbox.by_key(session, next_step_key(shift_id, handover.item)):
        text, blocks = views.next_step_added(handover, translator_for(session, services, owner_id))
        outbox.edit(session, row, blocks, now, text=text)


def hide_question(session: Session, services: Services, handover: Handover, owner_id: str, now: datetime) -> None:
    """Remove what is said of an incident that is private now; a question can still be answered."""
    if row := outbox.by_key(session, question_key(handover)):
        text, blocks = views.question_message(handover, translator_for(session, services, handover.from_id))
        is_open = handover.state == State.RETURNED
        outbox.edit(session, row, blocks if is_open else _without_buttons(blocks), now, text=text)
    show_next_step(session, services, handover, owner_id, handover.shift_id or 0, now)


def _without_buttons(blocks: Sequence[Block]) -> list[Block]:
    return [block for block in blocks if block["type"] != "actions"]
