"""Guides missing for closed incidents with cases: drafted, written, reviewed, published."""

from datetime import datetime

from msgspec import Struct

from bot import outbox
from bot.cases import clusters, guide_draft_tables, guides, ids, tables
from bot.cases.guide_draft_tables import IN_REVIEW, PUBLISHED, GuideDraft, NoSuchDraft
from bot.cases.wording import translator_for
from bot.directory.lookup import person_of
from bot.directory.tables import display_names
from bot.errors import WatchfloorError
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.events import Closed, MadePrivate
from bot.incidents.permissions import changing_as, check_member, reading_as
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


class TypedGuide(Struct, frozen=True):
    """The contents of the submitted form; `key` identifies it, so that sending it twice asks once."""

    key: str
    title: str
    text: str
    reviewer_id: str


def draft_missing_guide(change: Change, event: Closed) -> None:
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
    draft = GuideDraft(
        incident_id=change.number,
        title=incident.title,
        text=_text_from_timeline(change, terms, translate),
        owner_id=owner,
        noted_at=change.now,
    )
    if guide_draft_tables.note(session, draft):
        missing_phrase = (
            "No guide is about incident {number}, “{title}”, though several customers had it. "
            "A draft is made of its timeline."
        )
        text = translate(missing_phrase, number=change.number, title=one_line(incident.title, 150))
        write_button = button(translate("Write the guide…"), ids.WRITE, str(draft.number), style="primary")
        blocks = [section(text), actions([write_button])]
        key = f"knowledge:{draft.number}"
        outbox.post(session, key, owner, text, change.now, blocks=blocks, incident_id=change.number)
        change.log("guide_missing", user=owner)


def withdraw_private(change: Change, event: MadePrivate) -> None:
    """Erase the guide: it is drafted from the timeline, which only members of the incident may read now."""
    draft = guide_draft_tables.of_incident(change.session, change.number)
    if draft is not None:
        draft.title, draft.text, draft.state = f"Incident {change.number}", "", guide_draft_tables.MISSING
        draft.owner_id = draft.reviewer_id = draft.published_at = None
        guide_draft_tables.withdraw(change.session, draft)


def _text_from_timeline(change: Change, terms: list[str], translate: Translator) -> str:
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


def write_form(services: Services, number: int, by: str, now: datetime) -> Block:
    """The form for the owner, or for a reviewer who corrects the guide."""
    with reading_as(services, by) as session:
        draft, translate = guide_draft_tables.get(session, number), translator_for(session, services, by)
    if by not in (draft.owner_id, draft.reviewer_id):
        raise NotTheOwner(person=mention(draft.owner_id or ""))
    return guide_form(draft, translate)


def guide_form(draft: GuideDraft, translate: Translator) -> Block:
    """The form for the title, text and reviewer of a guide."""
    blocks = [
        text_field(translate("Title"), ids.TITLE, initial=draft.title, longest=150),
        text_field(translate("Guide"), ids.TEXT, initial=draft.text, multiline=True, longest=LONGEST),
        field(translate("Reviewer"), user_select(ids.PERSON, initial=draft.reviewer_id)),
    ]
    return modal(
        ids.WRITE_FORM, "Guide", blocks, submit="Send to review", subject=draft.number, translate=translate
    )


def send_to_review(services: Services, number: int, typed: TypedGuide, by: str, now: datetime) -> str:
    """Save the guide and ask a colleague to review it. Return the answer."""
    check_member(services, by)
    if not typed.text.strip() or not typed.title.strip():
        raise TextMissing()
    if not person_of(services, typed.reviewer_id).may_act:
        raise AnotherReviewer()
    with services.database.transaction() as session:
        draft = guide_draft_tables.locked(session, number)
        if by not in (draft.owner_id, draft.reviewer_id):
            raise NotTheOwner(person=mention(draft.owner_id or ""))
        if typed.reviewer_id == by:
            raise AnotherReviewer()
        # The last person to change it is its author; the other of the two publishes it.
        draft.owner_id, draft.reviewer_id, draft.state = by, typed.reviewer_id, IN_REVIEW
        draft.title, draft.text = typed.title.strip(), typed.text
        headline, blocks = review_message(draft, by, translator_for(session, services, typed.reviewer_id))
        key = f"knowledge:{number}:review:{typed.key}"
        outbox.post(session, key, typed.reviewer_id, headline, now, blocks=blocks, incident_id=draft.incident_id)
        timeline.append(
            session, draft.incident_id, "guide_to_review", now, by, user=typed.reviewer_id, text=draft.title
        )
        translate = translator_for(session, services, by)
    return translate("{person} is asked to read it.", person=mention(typed.reviewer_id))


def review_message(draft: GuideDraft, by: str, translate: Translator) -> Message:
    """The request to the reviewer, with its buttons."""
    headline = translate(
        "{person} wrote the guide “{title}” and asks you to read it.", person=mention(by), title=_title(draft)
    )
    lines = [one_line(line, 2_000) for line in draft.text.splitlines()]
    buttons = [
        button(translate("Publish"), ids.PUBLISH, str(draft.number), style="primary"),
        button(translate("Change…"), ids.WRITE, str(draft.number)),
    ]
    body = paragraphs(lines, rest=translate("*Change…* shows all of it."), room=8_000)
    return headline, [section(headline), *body, actions(buttons)]


def _title(draft: GuideDraft) -> str:
    return one_line(draft.title, 150)


def publish(services: Services, number: int, by: str, now: datetime) -> str:
    """Publish the guide, so that `/incident guide` finds it. Return the answer."""
    with changing_as(services, by) as session:
        draft = guide_draft_tables.locked(session, number)
        if by != draft.reviewer_id:
            raise NotTheReviewer(person=mention(draft.reviewer_id or draft.owner_id or ""))
        translate = translator_for(session, services, by)
        if draft.state == PUBLISHED:
            return translate("Version {number} is published already.", number=draft.version)
        if draft.state != IN_REVIEW:
            raise NoSuchDraft()
        draft.state, draft.published_at, draft.version = PUBLISHED, now, draft.version + 1
        guide_draft_tables.publish(session, draft)
        owner = draft.owner_id or by
        translate_for_owner = translator_for(session, services, owner)
        phrase = "{person} published version {number} of your guide “{title}”."
        text = translate_for_owner(phrase, person=mention(by), number=draft.version, title=_title(draft))
        key = f"knowledge:{number}:published:{draft.version}"
        outbox.post(session, key, owner, text, now, incident_id=draft.incident_id)
        facts = {"number": draft.version, "text": draft.title}
        timeline.append(session, draft.incident_id, "guide_published", now, by, **facts)
    return translate("Version {number} is published. `/incident guide` finds it.", number=draft.version)
