"""Related incidents, listed on the card and in the post-mortem of both."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot import outbox
from bot.incidents import incidents, merge_rules, wording
from bot.incidents.change import Change, changing
from bot.incidents.rules import Status
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.runtime.database import Row, insert_new
from bot.services import Services
from bot.slack.text import channel_link, one_line


class RelatedIncident(Row, table=True):
    """One incident names another. A public one never names a private one, so there may be one row or two."""

    __tablename__ = "related_incidents"

    incident_id: int = Field(foreign_key="incidents.id", primary_key=True)
    related_id: int = Field(foreign_key="incidents.id", primary_key=True, index=True)


def of_incident(session: Session, number: int) -> Sequence[Incident]:
    """The incidents that this one names, and those merged into it."""
    related_ids = select(RelatedIncident.related_id).where(RelatedIncident.incident_id == number)
    is_related = sa.or_(col(Incident.id).in_(related_ids), col(Incident.merged_into) == number)
    return session.exec(select(Incident).where(is_related).order_by(col(Incident.id))).all()


def public_merged_into(session: Session, number: int) -> Sequence[Incident]:
    """The public incidents that continue in this one, locked until the transaction ends."""
    query = select(Incident).where(
        col(Incident.merged_into) == number,
        col(Incident.status) == Status.MERGED,
        col(Incident.is_private).is_(False),
    )
    return session.exec(query.order_by(col(Incident.id)).with_for_update(key_share=True)).all()


def relate(services: Services, number: int, other_number: int, by: str, now: datetime) -> str:
    """Relate two incidents to each other. Return the answer."""
    with changing(services, number, by, now) as change:
        other = incidents.by_number(change.session, other_number)
        incidents.check_visible(change.session, other, by)
        merge_rules.check_may_relate(change.incident, other)
        new_relations = [
            insert_new(change.session, RelatedIncident(incident_id=one.number, related_id=two.number))
            for one, two in _naming_pairs(change.incident, other)
        ]
        if any(new_relations):
            _log(change, other, "related")
    return wording.NOW_RELATED.format(number=number, other=other_number)


def unrelate(services: Services, number: int, other_number: int, by: str, now: datetime) -> str:
    """Remove the relation between two incidents. Return the answer."""
    with changing(services, number, by, now) as change:
        other = incidents.by_number(change.session, other_number)
        incidents.check_visible(change.session, other, by)
        pairs = sa.tuple_(col(RelatedIncident.incident_id), col(RelatedIncident.related_id)).in_(
            [(number, other_number), (other_number, number)]
        )
        if change.session.connection().execute(sa.delete(RelatedIncident).where(pairs)).rowcount:
            _log(change, other, "unrelated")
    return wording.NOT_RELATED.format(number=number, other=other_number)


def forget(session: Session, number: int) -> None:
    """Remove this incident from all that name it, because it is private now."""
    query = select(RelatedIncident.incident_id).where(RelatedIncident.related_id == number)
    for other_number in session.exec(query).all():
        outbox.mark_stale(session, other_number, (kinds.CARD,))
    session.connection().execute(sa.delete(RelatedIncident).where(col(RelatedIncident.related_id) == number))


def describe(services: Services, number: int) -> str:
    """The related incidents as text, for a person in the incident's channel."""
    with services.database.reading() as session:
        related_incidents = of_incident(session, number)
    if not related_incidents:
        return wording.NOTHING_RELATED
    lines = [
        f"#{other.number} {channel_link(other.channel_id or '')} {one_line(other.title, 120)}"
        for other in related_incidents
    ]
    return "\n".join(["*Related incidents*", *lines, wording.RELATED_ADVICE])


def _naming_pairs(incident: Incident, other: Incident) -> list[tuple[Incident, Incident]]:
    return [(one, two) for one, two in ((incident, other), (other, incident)) if not two.is_private]


def _log(change: Change, other: Incident, kind: str) -> None:
    """Log the change in each of the two that names the other, and redraw the other's card."""
    for incident, named_incident in _naming_pairs(change.incident, other):
        Change(change.session, change.services, incident, change.by, change.now).log(
            kind, number=named_incident.number
        )
    outbox.mark_stale(change.session, other.number, (kinds.CARD,))
