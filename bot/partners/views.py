"""What partners see, and the matrix of who was told what. Pure: Block Kit from data."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from bot.config.floor import Partner
from bot.incidents.tables import Incident
from bot.partners import ids
from bot.partners.guidance_views import guidance_button
from bot.partners.rules import Answer, NextAction, State
from bot.partners.tables import PartnerNotice
from bot.partners.wording import PURPOSES_OF_CALLS, Labels, count_of_agents, fill
from bot.slack.blocks import Block, Message, actions, button, context, paragraphs, section
from bot.slack.pages import page_of
from bot.slack.text import channel_link, escape, mention, near_time, one_line

PER_PAGE = 40
PHONE_LIST_CHARACTERS = 12_000
LONGEST_NAME = 75


def notice(text: str, row: PartnerNotice, labels: Labels, now: datetime) -> Message:
    """The notice in the partner's channel, edited as answers come in and facts change."""
    blocks = paragraphs(text.split("\n"), rest="")
    if row.answer != Answer.NONE:
        blocks.append(context(_answer(row, labels, now)))
    if row.cleared_at is None:
        blocks.append(actions(_buttons(row, labels), block_id=f"partner-{row.number}"))
    return text, blocks


def _buttons(row: PartnerNotice, labels: Labels) -> list[Block]:
    value = str(row.number)
    if row.answer == Answer.AFFECTED:
        return [button(labels["update_number"], ids.AFFECTED, value)]
    affected = button(labels["affected"], ids.AFFECTED, value, style="danger")
    if row.answer == Answer.RECEIVED:
        return [affected]
    return [button(labels["received"], ids.RECEIVED, value, style="primary"), affected]


def _answer(row: PartnerNotice, labels: Labels, now: datetime) -> str:
    mark = labels["said_affected"] if row.answer == Answer.AFFECTED else labels["said_received"]
    if row.agents is not None:
        mark += " – " + fill(labels["agents_said"], agents=row.agents)
    answerer = mention(row.answered_by) if row.answered_by else ""
    time_text = near_time(row.answered_at, now) if row.answered_at else ""
    return fill(labels["answered"], mark=mark, who=answerer, when=time_text)


class Matrix(Struct, frozen=True):
    """The facts that the matrix shows."""

    incident: Incident
    rows: Sequence[PartnerNotice]
    partners: Mapping[str, Partner]
    now: datetime
    page: int = 1
    # When the guidance in each language was last changed.
    guided_at: Mapping[str, datetime] = msgspec.field(default_factory=dict)


def matrix(facts: Matrix) -> Message:
    """`/incident partners`: who was told what and when, who answered, and who must be phoned."""
    if not facts.rows:
        summary = "No partner is known to be affected. `/incident partners add NAME` adds one."
        return summary, [section(summary)]
    told_count = sum(row.told_at is not None for row in facts.rows)
    answered_count = sum(row.answer != Answer.NONE for row in facts.rows)
    partners = "partner" if len(facts.rows) == 1 else "partners"
    summary = (
        f"{told_count} of {len(facts.rows)} {partners} told · {answered_count} answered · "
        f"{_agents_affected(facts.rows)}"
    )
    guidance = guidance_button(facts.incident) if facts.incident.is_active else None
    blocks = [section(f"*Partners* {summary}", accessory=guidance)]
    shown_rows, page_note = page_of(facts.rows, facts.page, PER_PAGE, "/incident partners")
    blocks += [*(_partner_section(facts, row) for row in shown_rows), *page_note]
    blocks.append(
        context(
            "`/incident partners add NAME` · `/incident partners tell` tells those who wait now · "
            "`/incident partners phoned NAME 12` records a call"
        )
    )
    return summary, blocks


def _agents_affected(rows: Sequence[PartnerNotice]) -> str:
    """The sum of the partners' numbers, as far as the affected ones have given any; no zero before all answered."""
    agents = sum(row.agents or 0 for row in rows)
    is_awaited = not agents and any(row.answer == Answer.NONE for row in rows)
    if not is_awaited and all(row.agents is not None for row in rows if row.answer == Answer.AFFECTED):
        return f"{count_of_agents(agents)} affected"
    return f"at least {count_of_agents(agents)} affected" if agents else "number of affected agents not known yet"


def _partner_section(facts: Matrix, row: PartnerNotice) -> Block:
    partner = facts.partners.get(row.partner, Partner(name=row.partner))
    text = f"*{escape(row.partner)}*\n" + "\n".join(
        [
            _told_line(facts, row),
            *_answer_lines(row, facts.now),
            *_guidance_lines(row, facts.guided_at.get(partner.language), facts.now),
            *_phone_lines(facts, row, partner),
        ]
    )
    return section(text, accessory=_row_button(facts, row) if facts.incident.is_active else None)


def _row_button(facts: Matrix, row: PartnerNotice) -> Block | None:
    value = str(row.number)
    if row.state == State.WAITING and not row.is_being_sent:
        return button("Tell now", f"{ids.TELL}.{value}", value)
    if _is_to_be_phoned(facts, row):
        return button("They were phoned", f"{ids.PHONED}.{value}", value)
    return None


def _told_line(facts: Matrix, row: PartnerNotice) -> str:
    if row.is_being_sent:
        return "not told yet: the notice is on its way"
    if row.state == State.WAITING:
        is_due = row.act == NextAction.TELL and row.due_at
        due_text = (
            f"not told yet, at the latest {near_time(row.due_at, facts.now)}" if is_due and row.due_at else ""
        )
        return due_text or "not told yet: no time was promised"
    if row.state == State.DROPPED:
        is_listed = row.partner in facts.incident.partners
        return "not told: it was over by then" if is_listed else "not told: taken off the list"
    if row.state == State.UNREACHABLE:
        return "*to be phoned*" + (f" (Slack refused: {escape(row.trouble)})" if row.trouble else ", no channel")
    time_text = near_time(row.told_at, facts.now) if row.told_at else ""
    if row.state == State.PHONED:
        by = f" by {mention(row.told_by)}" if row.told_by else ""
        return f"phoned {time_text}{by}, as {row.told_severity}"
    if row.channel_id is None:
        reason = (
            f"its channel cannot be written to ({escape(row.trouble)})"
            if row.trouble
            else "its notice has been deleted since"
        )
        return f"told {time_text}, as {row.told_severity}; {reason}"
    return f"told {time_text} in {channel_link(row.channel_id)}, as {row.told_severity}"


def _answer_lines(row: PartnerNotice, now: datetime) -> list[str]:
    lines = []
    if row.reminded_at and row.answer == Answer.NONE:
        lines.append(f"reminded {near_time(row.reminded_at, now)}")
    if row.answer != Answer.NONE and row.answered_at:
        mark = "⚠️ affected" if row.answer == Answer.AFFECTED else "✅ received"
        agents = f", *{row.agents} agents*" if row.agents is not None else ""
        answerer = f" by {mention(row.answered_by)}" if row.answered_by else ""
        lines.append(f"{mark}{agents}{answerer} {near_time(row.answered_at, now)}")
    if row.is_silent:
        lines.append("*silent*")
    if row.cleared_at:
        lines.append(f"all clear {near_time(row.cleared_at, now)}")
    return lines


def _guidance_lines(row: PartnerNotice, guided_at: datetime | None, now: datetime) -> list[str]:
    """What an answer does not cover: guidance that was written after it."""
    is_newer = guided_at and row.answered_at and guided_at > row.answered_at and row.cleared_at is None
    return [f"guidance changed {near_time(guided_at, now)}, after this answer"] if guided_at and is_newer else []


def _is_to_be_phoned(facts: Matrix, row: PartnerNotice) -> bool:
    return row.state == State.UNREACHABLE or row.is_silent or bool(row.call_owed(facts.incident.status))


def _phone_lines(facts: Matrix, row: PartnerNotice, partner: Partner) -> list[str]:
    label = row.call_owed(facts.incident.status)
    purpose = [f"*to be phoned*{PURPOSES_OF_CALLS[label]}"] if label else []
    return [*purpose, phone_line(partner)] if _is_to_be_phoned(facts, row) else []


def phone_line(partner: Partner) -> str:
    """The partner's phone number and contact."""
    phone = f"☎️ {escape(partner.phone)}" if partner.phone else "no phone number in `floor.yaml`"
    return f"{phone} {one_line(partner.contact, LONGEST_NAME)}".strip()


def phone_request(
    incident: Incident,
    rows: Sequence[PartnerNotice],
    partners: Mapping[str, Partner],
    now: datetime,
    purpose: str = "",
) -> Message:
    """The message to the lead: which partners to phone, how to reach them, and what for if not for an answer."""
    where = channel_link(incident.channel_id or "")
    lines = [
        f"• *{escape(row.partner)}* – {_told_so_far(row, now)}. "
        f"{phone_line(partners.get(row.partner, Partner(name=row.partner)))}"
        for row in rows
    ]
    counted = f"{len(rows)} partner{'s' if len(rows) > 1 else ''}"
    first_line = f"Please phone {counted} about incident {incident.number} {where}{purpose}:"
    rest_hint = "`/incident partners` in its channel shows all, page by page."
    blocks = [*paragraphs([first_line, *lines], rest=rest_hint, room=PHONE_LIST_CHARACTERS)]
    text = "\n".join([first_line, *lines])
    if incident.is_active:
        blocks.append(context("`/incident partners phoned NAME` in its channel records a call."))
    return text, blocks


def _told_so_far(row: PartnerNotice, now: datetime) -> str:
    if row.told_at is None:
        return f"not told: Slack refused ({escape(row.trouble)})" if row.trouble else "not told: no channel"
    told = "phoned" if row.state == State.PHONED else "told"
    return f"{told} {near_time(row.told_at, now)}" + (", silent" if row.is_silent else "")
