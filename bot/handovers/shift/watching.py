"""Watch items: things that the shifts watch until somebody marks them done."""

from datetime import datetime

from sqlmodel import Session

from bot.handovers.shift import accountability, tables, views
from bot.handovers.shift.tables import WatchItem
from bot.handovers.shift.wording import translator_for
from bot.incidents.permissions import changing_as, reading_as
from bot.services import Services
from bot.slack.blocks import Message

LONGEST_WATCHED = 300


def watch(services: Services, text: str, by: str, now: datetime) -> str:
    """Add something to watch until it is marked done. Return the answer."""
    with changing_as(services, by) as session:
        add(session, text, by, now)
        translate = translator_for(session, services, by)
    return translate(
        "It is watched now, and every handover names it. `/incident handover watched` lists and ends it."
    )


def watched(services: Services, by: str, page: int = 1) -> Message:
    with reading_as(services, by) as session:
        return views.watched_message(tables.watched(session), translator_for(session, services, by), page)


def end_watch(services: Services, number: int, by: str, now: datetime) -> str:
    """End a watch item. Return the answer."""
    with changing_as(services, by) as session:
        item = session.get(WatchItem, number, with_for_update=True)
        if item is not None and item.done_at is None:
            item.done_at = now
            accountability.end(session, f"watch:{number}", now)
        translate = translator_for(session, services, by)
    return translate("Done. It is no longer handed over.")


def add(session: Session, lines: str, by: str, now: datetime) -> None:
    """Add a watch item per line, without those that are watched already."""
    known_texts = {item.text.casefold() for item in tables.watched(session)}
    for line in lines.splitlines():
        text = " ".join(line.split())[:LONGEST_WATCHED]
        if text and text.casefold() not in known_texts:
            session.add(WatchItem(text=text, by=by, added_at=now))
            known_texts.add(text.casefold())
    session.flush()
