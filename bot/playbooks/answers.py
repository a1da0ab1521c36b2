"""Answers to a step's questions: reading them from a form, checking and showing them. Pure."""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from bot.errors import WatchfloorError
from bot.incidents.rules import ungrouped
from bot.playbooks.playbook import Ask, Step
from bot.slack.text import day_and_time, escape, mention
from bot.timeline.milestones import CLOCK_TOLERANCE, MilestoneInFuture, MilestoneName, Milestones

LONGEST_TEXT = 1_000
VALUE = "value"
BEFORE_DECLARATION = (MilestoneName.STARTED, MilestoneName.DETECTED)


class AnswersMissing(WatchfloorError):
    """“{title}” asks: {question} Please answer with its *Done* button, then it counts as done."""


class AnswerNotOffered(WatchfloorError):
    """“{answer}” is not an answer to “{question}”. Please choose one of those offered."""


class FormAnswers(Struct, frozen=True):
    """The answers in a form, and its errors by field, in Slack's format."""

    answers: dict[str, Any]
    errors: dict[str, str]


def suggested_times(
    definition: Step, known_milestones: Milestones, declared_at: datetime, now: datetime
) -> dict[str, datetime]:
    """Initial values of the step's time questions: the known milestone, or else now.

    Milestones before the declaration default to its time, the latest possible one.
    """
    times = {}
    for ask in definition.asks:
        milestone = known_milestones.get(MilestoneName(ask.milestone)) if ask.milestone else None
        default_time = declared_at if ask.milestone in BEFORE_DECLARATION else now
        if ask.kind == "time":
            times[ask.id] = milestone.at if milestone else default_time
    return times


def milestones_in(definition: Step, answers: Mapping[str, Any]) -> Iterator[tuple[Ask, MilestoneName, datetime]]:
    """Yield the milestones that the answers set, with their times."""
    for ask in definition.asks:
        if ask.milestone and ask.id in answers:
            yield ask, MilestoneName(ask.milestone), datetime.fromisoformat(str(answers[ask.id]))


def read_form(definition: Step, values: Mapping[str, Mapping[str, Any]], now: datetime) -> FormAnswers:
    """The answers in a submitted form's `state.values`, with an error message for each invalid field."""
    form_answers = FormAnswers({}, {})
    for ask in definition.asks:
        raw = _raw_value(values.get(ask.id, {}).get(VALUE, {}))
        if raw is None or raw == "":
            continue
        try:
            answer = _convert(ask, raw)
        except ValueError:
            form_answers.errors[ask.id] = "Please give a number, such as 12 or 3.5."
            continue
        if ask.kind == "time" and not ask.may_be_later and datetime.fromisoformat(answer) > now + CLOCK_TOLERANCE:
            form_answers.errors[ask.id] = MilestoneInFuture().sentence
        form_answers.answers[ask.id] = answer
    return form_answers


def check_answers(definition: Step, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to this step's questions only; refused if a required one is missing or a choice is unknown."""
    known_answers = {ask.id: answers[ask.id] for ask in definition.asks if answers.get(ask.id) not in (None, "")}
    for ask in definition.asks:
        if ask.id not in known_answers and not ask.optional:
            raise AnswersMissing(title=escape(definition.title), question=escape(ask.question))
        if ask.kind == "choice" and ask.id in known_answers and known_answers[ask.id] not in ask.options:
            raise AnswerNotOffered(answer=escape(str(known_answers[ask.id])), question=escape(ask.question))
    return known_answers


def render_answer(ask: Ask, answer: Any) -> str:
    """An answer as mrkdwn."""
    if ask.kind == "person":
        return mention(str(answer))
    if ask.kind == "time":
        return day_and_time(datetime.fromisoformat(str(answer)))
    return escape(str(answer))


def render_answers(definition: Step, answers: Mapping[str, Any]) -> dict[str, str]:
    """Answers by question, as mrkdwn, in the order of the questions."""
    return {
        escape(ask.question): render_answer(ask, answers[ask.id]) for ask in definition.asks if ask.id in answers
    }


def _raw_value(field: Mapping[str, Any]) -> Any:
    option = field.get("selected_option") or {}
    for key in ("value", "selected_user", "selected_date_time"):
        if field.get(key) is not None:
            return field[key]
    return option.get("value")


def _convert(ask: Ask, raw: Any) -> Any:
    if ask.kind == "number":
        return _number(str(raw))
    if ask.kind == "time":
        return datetime.fromtimestamp(int(raw), UTC).isoformat()
    return str(raw).strip()[:LONGEST_TEXT]


def _number(text: str) -> int | float:
    number = float(ungrouped(text).replace(",", "."))
    if not math.isfinite(number):
        raise ValueError(text)
    return int(number) if number.is_integer() else number
