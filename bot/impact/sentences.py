"""What card, updates and screen say about an incident's figures and cost, in the floor's languages. Pure."""

from collections.abc import Sequence

from bot.impact.figure_wording import (
    ENGLISH,
    LANGUAGES,
    Language,
    difference,
    expected_source,
    number,
    percent,
    queue_name,
    recoveries,
)
from bot.impact.rules.assessment import Assessment, Group
from bot.impact.rules.figures import Amount
from bot.impact.rules.losses import Losses
from bot.slack.text import escape

QUEUES_SHOWN = 5


def sentences(assessment: Assessment, language_code: str) -> dict[str, str]:
    """The sentences of the card and the updates, by place; nothing when there are no figures."""
    language = LANGUAGES.get(language_code, ENGLISH)
    if not assessment.whole.since.intervals:
        return {}
    level, lost = _level(assessment.whole, language), _lost(assessment, language)
    offered_text, source_text = _offered(assessment, language), _source(assessment, language)
    return {
        "line": " · ".join(part for part in (level, lost, offered_text, source_text) if part),
        "executives": _sentence([lost, level, _points(assessment, language), source_text]),
        "operations": "\n".join(
            [
                _sentence([level, offered_text, _abandoned(assessment.whole, language), lost, source_text]),
                *_queue_lines(assessment, language),
            ]
        ),
    }


def _sentence(parts: Sequence[str]) -> str:
    text = "; ".join(part for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _level(group: Group, language: Language) -> str:
    level = group.since.service_level.value
    if level is None:
        return ""
    level_text = percent(level, language)
    if group.goal is None:
        return language.phrases["level alone"].format(level=level_text)
    return language.phrases["level"].format(level=level_text, target=percent(group.goal.target, language))


def _lost(assessment: Assessment, language: Language) -> str:
    """The contacts lost; if they are not known, those that gave up."""
    lost, gave_up = assessment.whole.losses.contacts_lost, assessment.whole.since.abandoned.value
    if lost is None:
        return language.phrases["gave up"].format(amount=number(gave_up, language)) if gave_up else ""
    return language.phrases["lost"].format(lost=number(lost, language)) if lost >= 1 else ""


def _offered(assessment: Assessment, language: Language) -> str:
    since = assessment.whole.since
    if since.offered.value is None:
        return ""
    offered = number(since.offered.value, language)
    compared = assessment.whole.against_expected
    share = difference(compared.numerator, compared.denominator, language)
    if not share:
        return language.phrases["offered"].format(offered=offered)
    return language.phrases["against"].format(
        offered=offered, difference=share, source=expected_source(assessment, language)
    )


def _source(assessment: Assessment, language: Language) -> str:
    """Whose figures they are, if the incident does not say: readers would take them for those of its own queues."""
    if not assessment.is_whole_floor:
        return ""
    if len(assessment.queues) == 1:
        return language.phrases["of one queue"].format(queue=queue_name(assessment.queues[0].title))
    return language.phrases["of all queues"]


def _abandoned(group: Group, language: Language) -> str:
    share = group.since.abandonment.value
    return language.phrases["abandoned"].format(share=percent(share, language)) if share else ""


def _points(assessment: Assessment, language: Language) -> str:
    points = assessment.points_lost
    return language.phrases["points"].format(points=number(points, language, 1)) if points and points >= 0.1 else ""


def _queue_lines(assessment: Assessment, language: Language) -> list[str]:
    """One line per queue, worst first, if there are several."""
    if len(assessment.queues) < 2:
        return []
    lines = []
    for group in assessment.queues[:QUEUES_SHOWN]:
        parts = [_level(group, language), _abandoned(group, language)]
        line_text = ", ".join(part for part in parts if part)
        if line_text:
            lines.append(f"• {queue_name(group.title)}: {line_text}")
    return lines


def cost_text(assessment: Assessment) -> str:
    """The cost, one line a kind; kinds of which nothing is known are left out."""
    cost, lines = assessment.whole.losses, []
    if parts_text := _parts_lost(cost, assessment.whole.since.abandoned.value):
        lines.append(parts_text)
    if cost.late.known:
        lines.append(f"Short of the goal, answered too late or not at all: {number(cost.late.amount)}")
    if cost.excess_wait_min.known:
        lines.append(f"Waiting beyond the usual: {number(max(0, cost.excess_wait_min.amount))} min")
    if cost.excess_handle_h.known:
        lines.append(f"Handling beyond the plan: {number(max(0, cost.excess_handle_h.amount), decimals=1)} h")
    if assessment.points_lost is not None:
        lines.append(f"Points of the day's service level lost: {number(assessment.points_lost, decimals=1)}")
    if queues := recoveries(assessment):
        lines.append(f"Service level back at the goal after: {escape(queues)}")
    return "\n".join(lines)


def _parts_lost(cost: Losses, abandoned: Amount) -> str:
    """The contacts lost with their parts; only the known parts, and no sum, if one of them is not known."""
    parts = []
    if cost.suppressed.known:
        returned_text = f" − {number(cost.returned)} came back" if cost.returned else ""
        parts.append(f"{number(cost.suppressed.amount)} did not come{returned_text}")
    if cost.gave_up is not None:
        parts.append(f"{number(cost.gave_up)} gave up beyond the usual")
    if cost.contacts_lost is not None:
        return f"Contacts lost: about *{number(cost.contacts_lost)}* = {' + '.join(parts)} (upper bound)"
    if cost.gave_up is None and abandoned is not None:
        parts.append(f"{number(abandoned)} gave up; the usual number is not known")
    elif parts:
        missing = "gave up" if cost.suppressed.known else "were to come"
        parts.append(f"how many {missing} is not known")
    return f"Contacts lost, without a total: {'; '.join(parts)}" if parts else ""
