"""What the answer to a change says about its audiences: when each of them hears of it."""

from bot.incidents.audiences import audiences_of
from bot.incidents.change import Change
from bot.slack.text import escape
from bot.updates import pauses, tables, wording


def say_when(change: Change) -> None:
    """Add to the answer when each audience hears of the change."""
    if pauses.current(change.session, change.number):
        change.answers.append(wording.TOLD_AFTER_PAUSE)
        return
    audiences = audiences_of(change.services, change.incident)
    next_updates = {
        promise.audience: promise
        for promise in reversed(tables.waiting(change.session, change.number))
        if promise.audience in audiences
    }
    titles_by_time: dict[str, list[str]] = {}
    for promise in sorted(next_updates.values(), key=lambda promise: promise.due_at):
        title = escape(audiences[promise.audience].title)
        titles_by_time.setdefault(wording.told_at(promise, change.now), []).append(title)
    sentence = wording.told_when(titles_by_time)
    # A status set on a resolved incident also reopens it: two events of one change.
    if sentence not in change.answers:
        change.answers.append(sentence)
