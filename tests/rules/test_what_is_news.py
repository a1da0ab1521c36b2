"""What counts as news for an audience: what its template shows."""

from pathlib import Path

import pytest

from bot.runtime.templates import Templates
from bot.updates import variables
from bot.updates.news import filter_of_template

TEMPLATES = Templates(Path("message_templates"))


def _kinds(audience: str, language: str, *, is_outside: bool = False) -> tuple[set[str], bool]:
    used = TEMPLATES.variables(variables.template_of(audience, language))
    news_filter = filter_of_template(used, is_outside=is_outside)
    return set(news_filter.kinds), news_filter.has_marked


@pytest.mark.parametrize("language", ["en", "es"])
def test_finished_steps_roles_and_marked_messages_are_news_only_where_they_are_read(language: str) -> None:
    for audience in ("operations", "engineering"):
        kinds, has_marked = _kinds(audience, language)
        assert {"step_done", "role_taken", "decision", "cause", "impact", "severity"} <= kinds
        assert has_marked
    kinds, has_marked = _kinds("executives", language)
    assert {"cause", "impact", "needs", "figures_warning", "severity", "resolved", "situation_cleared"} <= kinds
    assert not kinds & {"step_done", "role_taken", "handover_accepted", "decision", "front_door_on"}
    assert not has_marked


@pytest.mark.parametrize("language", ["en", "es"])
def test_outsiders_have_news_of_the_impact_and_of_what_callers_hear(language: str) -> None:
    customers, _ = _kinds("customers", language, is_outside=True)
    partners, _ = _kinds("partners", language, is_outside=True)
    headlines = {"severity", "status", "resolved", "reopened", "closed", "declined", "merged"}
    assert customers == partners == {*headlines, "impact", "front_door_on", "front_door_changed", "front_door_off"}


def test_a_template_that_shows_everything_to_outsiders_is_no_way_around_that() -> None:
    news_filter = filter_of_template(variables.EXAMPLE, is_outside=True)
    assert not {"cause", "step_done", "decision", "figures_warning"} & set(news_filter.kinds)
    assert not news_filter.has_marked
