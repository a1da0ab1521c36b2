"""What is news for an audience: changes that its template shows, and of those only what outsiders may read."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlmodel import Session

from bot.config.floor import Audience
from bot.runtime.templates import TemplateBroken
from bot.services import Services
from bot.timeline import timeline
from bot.updates import variables
from bot.updates.news import (
    CALLER_KINDS,
    CLEARED,
    ENDED_OTHERWISE_KINDS,
    FIGURE_KINDS,
    LABELS,
    ROLE_KINDS,
    STATUS_KINDS,
    is_any_marked,
)

# Every update has them in its first line or its main sentence.
HEADLINE_KINDS = ("severity", *STATUS_KINDS, *ENDED_OTHERWISE_KINDS)
# The kinds of entries that are shown by a variable of the templates.
SHOWN_BY: dict[str, tuple[str, ...]] = {
    "impact": ("impact",),
    "cause": ("cause", "cause_unknown", CLEARED),
    "actions": ("actions", CLEARED),
    "needs": ("needs", "nothing_needed", CLEARED),
    "done": ("step_done", *ROLE_KINDS),
    "said": LABELS,
    "figures": FIGURE_KINDS,
    "queue_figures": FIGURE_KINDS,
    "callers_hear": CALLER_KINDS,
}
SHOWN_OUTSIDE = ("impact", "callers_hear")


class NewsFilter(Struct, frozen=True):
    """The kinds of entries that are news, and whether messages that people marked are."""

    kinds: tuple[str, ...]
    has_marked: bool


def filter_for(services: Services, audience: Audience, name: str) -> NewsFilter:
    """What is news for the audience of that name."""
    used = _variables(services, variables.template_of(audience.template or name, audience.languages[0]))
    return filter_of_template(used, is_outside=audience.outside)


def filter_of_template(used: Collection[str], *, is_outside: bool) -> NewsFilter:
    """What a template shows that uses these variables."""
    shown_variables = [name for name in SHOWN_BY if name in used and (name in SHOWN_OUTSIDE or not is_outside)]
    kinds = [kind for name in shown_variables for kind in SHOWN_BY[name]]
    return NewsFilter((*HEADLINE_KINDS, *dict.fromkeys(kinds)), "said" in shown_variables)


def is_unchanged(session: Session, number: int, since: datetime, news_filter: NewsFilter) -> bool:
    """True if nothing that the audience reads has happened since then."""
    if timeline.since(session, number, since, news_filter.kinds):
        return False
    return not (news_filter.has_marked and is_any_marked(session, number, since))


def _variables(services: Services, template: str) -> Collection[str]:
    try:
        return services.templates.variables(template)
    except TemplateBroken:
        return variables.EXAMPLE
