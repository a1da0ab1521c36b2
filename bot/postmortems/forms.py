"""Block Kit of a post-mortem's forms. Pure."""

from bot.incidents.tables import Incident
from bot.postmortems import ids
from bot.postmortems.views import PostMortemFacts, incident_phrase, verdict_text
from bot.slack.blocks import (
    Block,
    field,
    modal,
    multi_user_select,
    option,
    radio_buttons,
    section,
    text_input,
    user_select,
)
from bot.slack.text import day_and_time, mention, mentions


def assign_form(facts: PostMortemFacts) -> Block:
    """The form to choose the author."""
    author_field = user_select(ids.AUTHOR, initial=facts.author or None)
    due_text = (
        f"It is due {day_and_time(facts.postmortem.due_at)}." if facts.postmortem.due_at else "It has no due date."
    )
    blocks = [section(f"{_heading(facts.incident)}\n{due_text}"), field("Author", author_field)]
    return modal(ids.ASSIGN_FORM, "Assign the author", blocks, submit="Assign", subject=facts.postmortem.number)


def review_form(facts: PostMortemFacts) -> Block:
    """The form to choose the reviewers."""
    reviewer_ids = [copy.place for copy in facts.reviewers]
    hint = f"Asked already: {mentions(reviewer_ids)}." if reviewer_ids else "They get the files by direct message."
    blocks = [
        section(f"{_heading(facts.incident)}\n{hint}"),
        field("Reviewers", multi_user_select(ids.REVIEWERS)),
    ]
    return modal(ids.REVIEW_FORM, "Request a review", blocks, submit="Ask", subject=facts.postmortem.number)


def publish_form(facts: PostMortemFacts, channel: str) -> Block:
    """The form to choose where to publish. A private incident's own channel is preselected."""
    verdict_lines = "\n".join(f"• {mention(copy.place)} {verdict_text(copy)}" for copy in facts.reviewers)
    blocks = [section(f"{_heading(facts.incident)}, version {facts.postmortem.version}\n{verdict_lines}")]
    incident_channel = option("In the incident's channel", ids.OWN_CHANNEL)
    everyone = option(f"In #{channel}", ids.CONFIGURED)
    choices, initial = [everyone, incident_channel], ids.CONFIGURED
    if facts.incident.is_private:
        blocks.append(
            section("🔒 *The incident is private.* Everyone in the channel that you choose can read all of it.")
        )
        choices, initial = [incident_channel, everyone], ids.OWN_CHANNEL
    blocks.append(field("Where?", radio_buttons(ids.WHERE, choices, initial=initial)))
    if facts.undone:
        undone_lines = "\n".join(f"⬜ {title}" for title in facts.undone)
        reason = text_input(ids.REASON, longest=500, placeholder="The reason goes on record")
        blocks += [
            section(f"*Not done yet*\n{undone_lines}"),
            field("Publish without it? Why?", reason, optional=True),
        ]
    return modal(ids.PUBLISH_FORM, "Publish", blocks, submit="Publish", subject=facts.postmortem.number)


def changes_form(facts: PostMortemFacts) -> Block:
    comment_input = text_input(ids.COMMENT, multiline=True, longest=1000)
    blocks = [
        section(_heading(facts.incident)),
        field("What should change?", comment_input),
    ]
    return modal(ids.CHANGES_FORM, "Changes wanted", blocks, submit="Send", subject=facts.postmortem.number)


def _heading(incident: Incident) -> str:
    return incident_phrase(incident).replace("incident", "Incident", 1)
