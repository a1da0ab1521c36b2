"""What users see of an escalation: the direct message of each page, and one message in the channel. Pure."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.escalation import ids
from bot.escalation.rules import Ladder, StopsOn, next_rung
from bot.escalation.tables import Answer, Page
from bot.incidents import ids as incident_ids
from bot.incidents.rules import OPEN, REASON_SHOWN
from bot.incidents.tables import Incident
from bot.slack.blocks import Block, Element, Message, actions, button, context, section
from bot.slack.text import channel_link, escape, mention, mentions, near_time, one_line

PAGES_SHOWN = 15
REQUESTS_SHOWN = 3
ANSWER_TEXTS = {
    Answer.NONE: "no answer yet",
    Answer.COMING: "*on the way*",
    Answer.CANNOT: "can't",
    Answer.LAPSED: "was on the way",
    Answer.SILENT: "did not answer",
    Answer.PASSED_OVER: "passed over",
    Answer.LEFT: "left the channel",
}


class EscalationFacts(Struct, frozen=True):
    """The facts that the messages show."""

    incident: Incident
    ladder: Ladder
    pages: Sequence[Page]
    has_commander: bool
    now: datetime
    # The bridge, for people outside the channel.
    bridge: str = ""

    @property
    def coming(self) -> list[str]:
        """The people who are on the way, each once, however often they were told."""
        return list(dict.fromkeys(page.user_id for page in self.pages if page.answer == Answer.COMING))

    @property
    def needs_commander(self) -> bool:
        """True if nobody leads the incident while it is open."""
        return self.incident.status in OPEN and not self.has_commander

    @property
    def needs_people(self) -> bool:
        """True if somebody is still wanted."""
        return self.incident.status in OPEN and not self.coming

    def is_needed(self, page: Page) -> bool:
        """True if the person is still wanted: those who were told because nobody led, only until somebody does."""
        waits_for_commander = any(
            rung.position == page.tier and rung.stops_on == StopsOn.COMMANDER and not rung.early_because
            for rung in self.ladder
        )
        return self.needs_people and not (self.has_commander and waits_for_commander)


def page_message(facts: EscalationFacts, page: Page) -> Message:
    """The direct message to a person who is needed; edited when they or somebody else answers."""
    request = _request_line(facts.incident, page)
    text = f"🔔 You are needed in {_incident_phrase(facts.incident)}. {request}".rstrip()
    where = " · ".join(part for part in (channel_link(facts.incident.channel_id or ""), facts.bridge) if part)
    lines = [f"🔔 *You are needed* in {_incident_phrase(facts.incident)}", request, where]
    blocks = [section("\n".join(filter(None, lines)))]
    if page.answer == Answer.COMING:
        blocks += _coming_blocks(facts)
    elif page.answer == Answer.CANNOT:
        informed = f"; {mention(page.asked_by_other)} is told" if page.asked_by_other else ""
        blocks.append(section(f"You said that you can't. Thank you{informed}."))
    elif page.answer == Answer.LEFT:
        blocks.append(section("You left its channel; you are no longer needed."))
    elif page.asks_to_lead and facts.needs_commander:
        blocks.append(_buttons(facts.incident, coming="Still on my way", leads=True))
    elif facts.is_needed(page) or (page.asked_by and facts.incident.status in OPEN):
        blocks.append(_buttons(facts.incident))
    elif facts.coming:
        blocks.append(section(f"{mentions(facts.coming)} is on the way; you are no longer needed."))
    elif facts.incident.status in OPEN:
        blocks.append(section("A commander is named; you are no longer needed."))
    else:
        blocks.append(section("It is over; you are no longer needed."))
    return text, blocks


def channel_message(facts: EscalationFacts) -> Message:
    """The one message in the incident's channel: who asks for whom, what the ladder does, and the answers."""
    text, *other_headlines = _headlines(facts)
    pages_by_person = _by_person(facts.pages)
    page_lines = [_person_line(pages, facts.now) for pages in pages_by_person[-PAGES_SHOWN:]]
    blocks = [section("\n".join(lines)) for lines in ([text, *other_headlines], page_lines) if lines]
    if len(pages_by_person) > PAGES_SHOWN:
        blocks.append(context(f"… and {len(pages_by_person) - PAGES_SHOWN} before them."))
    if facts.needs_people:
        blocks.append(_buttons(facts.incident))
    return text, blocks


def _coming_blocks(facts: EscalationFacts) -> list[Block]:
    """What a person who is on the way reads; while nobody leads, with the button that ends the escalation."""
    if not facts.needs_commander:
        return [section("✅ You are on your way.")]
    number = facts.incident.number
    return [
        section("✅ You are on your way. Nobody leads yet."),
        actions([_command_button(number)], block_id=f"escalation-command-{number}"),
    ]


def _command_button(number: int) -> Element:
    return button("Take command", f"{incident_ids.CLAIM}.commander", f"{number}:commander", style="primary")


def _buttons(incident: Incident, coming: str = "On my way", *, leads: bool = False) -> Block:
    """The answers to a page; `leads`: taking command is the first of them."""
    number = str(incident.number)
    coming_button = button(coming, ids.ON_MY_WAY, number, style=None if leads else "primary")
    answers = [coming_button, button("Can't", ids.CANNOT, number)]
    return actions(
        [_command_button(incident.number), *answers] if leads else answers, block_id=f"escalation-{number}"
    )


def _incident_phrase(incident: Incident) -> str:
    # Outside its channel, a private incident's existence is all that is revealed.
    if incident.is_private:
        return f"incident {incident.number}, which is private"
    return f"incident {incident.number}, {incident.severity} *{one_line(incident.title, 200)}*"


def _request_line(incident: Incident, page: Page) -> str:
    # What people type about a private incident stays in its channel; a reason may quote it.
    reason = "" if incident.is_private else escape(page.reason[:1].upper() + page.reason[1:])
    return f"{mention(page.asked_by)} asks for you. {reason}".rstrip() if page.asked_by else reason


def _headlines(facts: EscalationFacts) -> list[str]:
    """Who asks for whom by name, or why people were told outside the ladder, the newest last; and what the ladder
    does, unless it has no part in it."""
    ladder_line = f"📟 *Escalation* {_ladder_status(facts)}"
    people_by_request: dict[tuple[str, str, str], list[str]] = {}
    for page in facts.pages:
        if page.asked_by:
            request = (page.occasion, page.asked_by, page.reason)
            people_by_request.setdefault(request, []).append(page.user_id)
        elif page.reason and page.tier is None and not page.asks_to_lead:
            # The same silence is told once, however often people were told of it.
            people = people_by_request.pop(("", "", page.reason), [])
            people_by_request["", "", page.reason] = list(dict.fromkeys([*people, page.user_id]))
    requests = [
        _request_headline(asked_by, reason, people) for (_, asked_by, reason), people in people_by_request.items()
    ][-REQUESTS_SHOWN:]
    if facts.incident.status not in OPEN or not requests:
        return [ladder_line]
    return [*requests, ladder_line] if _has_ladder_at_work(facts) else requests


def _request_headline(asked_by: str, reason: str, people: Sequence[str]) -> str:
    reason_text = one_line(reason, REASON_SHOWN)
    if not asked_by:
        return f"📟 {reason_text[:1].upper()}{reason_text[1:]}: {mentions(people)}"
    return f"📟 {mention(asked_by)} asks for {mentions(people)}" + (f": {reason_text}" if reason else "")


def _has_ladder_at_work(facts: EscalationFacts) -> bool:
    """True if the ladder has told somebody, or tells somebody unless a person comes or takes command."""
    next_tier = next_rung(facts.ladder)
    will_tell = next_tier is not None and (next_tier.due_at is not None or not facts.has_commander)
    return will_tell or any(page.tier is not None for page in facts.pages)


def _by_person(pages: Sequence[Page]) -> list[list[Page]]:
    """The pages of each person, the person who was told last at the end."""
    by_person: dict[str, list[Page]] = {}
    for page in pages:
        by_person[page.user_id] = [*by_person.pop(page.user_id, []), page]
    return list(by_person.values())


def _person_line(pages: Sequence[Page], now: datetime) -> str:
    """When a person was last told, and all their answers; earlier silence is not kept, as they are asked again."""
    page = pages[-1]
    was_told = page.answer != Answer.PASSED_OVER
    earlier = [_answer(each, now) for each in pages[:-1] if each.answer in (Answer.LAPSED, Answer.CANNOT)]
    answers = ", then ".join(dict.fromkeys([*earlier, _answer(page, now)]))
    obstacle_note = f" ({escape(page.obstacle)})" if page.obstacle else ""
    told_note = f"told {near_time(page.told_at, now)} · " if was_told else ""
    tiers = [each.tier for each in pages if each.tier is not None]
    tier = f"tier {tiers[-1] + 1} · " if tiers else ""
    return f"• {mention(page.user_id)} · {tier}{told_note}{answers}{obstacle_note}"


def _answer(page: Page, now: datetime) -> str:
    text = ANSWER_TEXTS[Answer(page.answer)]
    if page.answered_at is None or page.answer == Answer.SILENT:
        return text
    # The time is not repeated for an answer within the same minute.
    was_told = page.answer != Answer.PASSED_OVER
    is_same_minute = was_told and _minute(page.answered_at) == _minute(page.told_at)
    return text if is_same_minute else f"{text} {near_time(page.answered_at, now)}"


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _ladder_status(facts: EscalationFacts) -> str:
    next_tier = next_rung(facts.ladder)
    if facts.incident.status not in OPEN:
        return "is over."
    if facts.coming:
        return f"has stopped: {mentions(facts.coming)} is on the way.{_arrival_note(facts)}"
    if next_tier is None or next_tier.is_top:
        return (
            "has reached the top of its ladder." if facts.ladder and next_tier is None else "waits for an answer."
        )
    if next_tier.due_at is None:
        return "has stopped: a commander is named." if facts.has_commander else "has stopped."
    names = ", ".join(escape(name) for name in next_tier.tell)
    return f"goes on: tier {next_tier.position + 1} ({names}) is told {near_time(next_tier.due_at, facts.now)}."


def _arrival_note(facts: EscalationFacts) -> str:
    """What happens if the people on the way do not take command."""
    if not facts.needs_commander:
        return ""
    deadlines = [page.arrive_by for page in facts.pages if page.arrive_by]
    if deadlines:
        return f" Without a commander it goes on after {near_time(min(deadlines), facts.now)}."
    asked = [page.answer_by for page in facts.pages if page.asks_to_lead and page.answer_by]
    return f" Without a commander it goes on {near_time(min(asked), facts.now)}." if asked else ""
