"""Guides missing for closed incidents with cases: drafted, written, reviewed, published."""

from datetime import datetime

from bot import outbox
from bot.cases import clusters, guides, ids, knowledge_tables, tables
from bot.cases.knowledge_tables import IN_REVIEW, PUBLISHED, KnowledgeGap, NoSuchGap
from bot.cases.wording import translator_for
from bot.directory.lookup import person_of
from bot.directory.tables import display_names
from bot.errors import WatchfloorError
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.events import Closed, MadePrivate
from bot.incidents.permissions import check_member
from bot.services import Services
from bot.slack.blocks import (
    Block,
    Message,
    actions,
    button,
    field,
    modal,
    paragraphs,
    section,
    text_field,
    user_select,
)
from bot.slack.phrases import Translator
from bot.slack.text import mention, one_line
from bot.timeline import timeline
from bot.timeline.wording import sentence

# Timeline entries that help with the same problem next time.
HELPFUL = ("decision", "ruled_out", "step_done", "cause", "resolved")
LONGEST = 3_000
MOST_LINES = 25


class NotTheOwner(WatchfloorError):
    """{person} writes this guide. Ask them to hand it to you."""

    es = "{person} escribe esta guía. Pídele que te la pase."


class NotTheReviewer(WatchfloorError):
    """{person} reviews this guide."""

    es = "{person} revisa esta guía."


class AnotherReviewer(WatchfloorError):
    """Choose a colleague as reviewer: nobody publishes what they wrote themselves."""

    es = "Elige a otra persona para la revisión: nadie publica lo que ha escrito."


class TextMissing(WatchfloorError):
    """Please write the guide: what people see, what to do, and how to tell that it is over."""

    es = "Escribe la guía: qué se ve, qué hacer y cómo saber que ha terminado."


def note_gap(change: Change, event: Closed) -> None:
    """Ask the commander for a guide if the incident had linked cases and no guide covers it."""
    session, incident = change.session, change.incident
    if incident.is_private or incident.is_drill or not tables.cases_of_incident(session, change.number):
        return
    existing_guides = guides.all_guides(session, change.services)
    groups = clusters.of_incident(session, change.number)
    terms = list(dict.fromkeys(term for group in groups for term in group.terms))
    if guides.find(existing_guides, f"{incident.title} {' '.join(terms)}", 1):
        return
    owner = incidents.commander(session, change.number) or incident.declared_by
    translate = translator_for(session, change.services, owner)
    gap = KnowledgeGap(
        incident_id=change.number,
        title=incident.title,
        text=_draft(change, terms, translate),
        owner_id=owner,
        noted_at=change.now,
    )
    if knowledge_tables.note(session, gap):
        missing_phrase = (
            "No guide is about incident {number}, “{title}”, though several customers had it. "
            "A draft is made of its timeline."
        )
        text = translate(missing_phrase, number=change.number, title=one_line(incident.title, 150))
        write_button = button(translate("Write the guide…"), ids.WRITE, str(gap.number), style="primary")
        blocks = [section(text), actions([write_button])]
        key = f"knowledge:{gap.number}"
        outbox.post(session, key, owner, text, change.now, blocks=blocks, incident_id=change.number)
        change.log("guide_missing", user=owner)


def withdraw_private(change: Change, event: MadePrivate) -> None:
    """Erase the guide: it is drafted from the timeline, which only members of the incident may read now."""
    gap = knowledge_tables.of_incident(change.session, change.number)
    if gap is not None:
        gap.title, gap.text, gap.state = f"Incident {change.number}", "", knowledge_tables.MISSING
        gap.owner_id = gap.reviewer_id = gap.published_at = None
        knowledge_tables.withdraw(change.session, gap)


def _draft(change: Change, terms: list[str], translate: Translator) -> str:
    entries = timeline.of_kinds(change.session, change.number, HELPFUL)
    actors = {entry.actor_id for entry in entries if entry.actor_id}
    names = display_names(change.session, actors)

    def name_of(user_id: str | None) -> str:
        return names.get(user_id or "", "")

    lines = [sentence(entry.kind, entry.actor_id, entry.facts, name_of, translate.language) for entry in entries]
    step_lines = [f"- {line}" for line in lines[:MOST_LINES]] or ["- …"]
    if len(lines) > MOST_LINES:
        step_lines.append(f"- {translate('and {count} more', count=len(lines) - MOST_LINES)}")
    parts = (
        translate("What people see: {what}", what=", ".join(terms) or change.incident.title),
        "\n".join([translate("What was done in incident {number}:", number=change.number), *step_lines]),
        translate("It is over when: …"),
    )
    return "\n\n".join(parts)[:LONGEST]


def write_form(services: Services, number: int, by: str) -> Block:
    """The form for the owner, or for a reviewer who corrects the guide."""
    check_member(services, by)
    with services.database.transaction() as session:
        gap, translate = knowledge_tables.locked(session, number), translator_for(session, services, by)
    if by not in (gap.owner_id, gap.reviewer_id):
        raise NotTheOwner(person=mention(gap.owner_id or ""))
    return guide_form(gap, translate)


def guide_form(gap: KnowledgeGap, translate: Translator) -> Block:
    """The form for the title, text and reviewer of a guide."""
    blocks = [
        text_field(translate("Title"), ids.TITLE, initial=gap.title, longest=150),
        text_field(translate("Guide"), ids.TEXT, initial=gap.text, multiline=True, longest=LONGEST),
        field(translate("Reviewer"), user_select(ids.PERSON, initial=gap.reviewer_id)),
    ]
    return modal(ids.WRITE_FORM, "Guide", blocks, submit="Send to review", subject=gap.number, translate=translate)


def send_to_review(
    services: Services, number: int, title: str, text: str, reviewer: str, occasion: str, by: str, now: datetime
) -> str:
    """Save the guide and ask a colleague to review it. Returns the reply."""
    check_member(services, by)
    if not text.strip() or not title.strip():
        raise TextMissing()
    if not person_of(services, reviewer).may_act:
        raise AnotherReviewer()
    with services.database.transaction() as session:
        gap = knowledge_tables.locked(session, number)
        if by not in (gap.owner_id, gap.reviewer_id):
            raise NotTheOwner(person=mention(gap.owner_id or ""))
        if reviewer == by:
            raise AnotherReviewer()
        # The last person to change it is its author; the other of the two publishes it.
        gap.title, gap.text, gap.owner_id, gap.reviewer_id, gap.state = title.strip(), text, by, reviewer, IN_REVIEW
        headline, blocks = review_message(gap, by, translator_for(session, services, reviewer))
        key = f"knowledge:{number}:review:{occasion}"
        outbox.post(session, key, reviewer, headline, now, blocks=blocks, incident_id=gap.incident_id)
        timeline.append(session, gap.incident_id, "guide_to_review", now, by, user=reviewer, text=gap.title)
        translate = translator_for(session, services, by)
    return translate("{person} is asked to read it.", person=mention(reviewer))


def review_message(gap: KnowledgeGap, by: str, translate: Translator) -> Message:
    """The request to the reviewer, with its buttons."""
    headline = translate(
        "{person} wrote the guide “{title}” and asks you to read it.", person=mention(by), title=_title(gap)
    )
    lines = [one_line(line, 2_000) for line in gap.text.splitlines()]
    buttons = [
        button(translate("Publish"), ids.PUBLISH, str(gap.number), style="primary"),
        button(translate("Change…"), ids.WRITE, str(gap.number)),
    ]
    body = paragraphs(lines, rest=translate("*Change…* shows all of it."), room=8_000)
    return headline, [section(headline), *body, actions(buttons)]


def _title(gap: KnowledgeGap) -> str:
    return one_line(gap.title, 150)


def publish(services: Services, number: int, by: str, now: datetime) -> str:
    """Publish the guide, so that `/incident guide` finds it. Returns the reply."""
    check_member(services, by)
    with services.database.transaction() as session:
        gap = knowledge_tables.locked(session, number)
        if by != gap.reviewer_id:
            raise NotTheReviewer(person=mention(gap.reviewer_id or gap.owner_id or ""))
        translate = translator_for(session, services, by)
        if gap.state == PUBLISHED:
            return translate("Version {number} is published already.", number=gap.version)
        if gap.state != IN_REVIEW:
            raise NoSuchGap()
        gap.state, gap.published_at, gap.version = PUBLISHED, now, gap.version + 1
        knowledge_tables.publish(session, gap)
        owner = gap.owner_id or by
        to_owner = translator_for(session, services, owner)
        phrase = "{person} published version {number} of your guide “{title}”."
        text = to_owner(phrase, person=mention(by), number=gap.version, title=_title(gap))
        key = f"knowledge:{number}:published:{gap.version}"
        outbox.post(session, key, owner, text, now, incident_id=gap.incident_id)
        facts = {"number": gap.version, "text": gap.title}
        timeline.append(session, gap.incident_id, "guide_published", now, by, **facts)
    return translate("Version {number} is published. `/incident guide` finds it.", number=gap.version)
