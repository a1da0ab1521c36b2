"""Starting, stopping and switching playbooks in an incident, automatically or by hand."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot import outbox
from bot.errors import WatchfloorError
from bot.incidents import incidents, rules
from bot.incidents.change import Change, changing
from bot.incidents.events import Closed, Declared, Declined, Merged
from bot.incidents.facts import AUDIENCES_TOLD
from bot.incidents.registry import Registry
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.playbooks import reminder_messages, runs, wording
from bot.playbooks import rules as playbook_rules
from bot.playbooks.playbook import Playbook
from bot.playbooks.reloading_library import ReloadingLibrary
from bot.playbooks.rules import IncidentFacts
from bot.playbooks.step_rows import steps_of
from bot.playbooks.tables import PlaybookRun, runs_of
from bot.services import Services
from bot.slack.text import escape, mention, near_time
from bot.timeline import timeline


class UnknownPlaybook(WatchfloorError):
    """There is no playbook `{given}`. There are: {known}."""


class NotRunning(WatchfloorError):
    """The playbook `{given}` is not running here. `/incident playbook` shows what is."""


class AlreadyStopped(WatchfloorError):
    """The playbook “{title}” was stopped already, {when}; what was done in it stays on record. `/incident playbook
    start {name}` starts it anew."""


def facts_of(
    incident: Incident, told_audiences: Collection[str] = (), held_roles: Collection[str] = ()
) -> IncidentFacts:
    """The facts of an incident that playbooks use; `told_audiences` had an update, `held_roles` are filled."""
    return IncidentFacts(
        severity=incident.severity,
        type=incident.type,
        sites=tuple(incident.sites),
        partners=tuple(incident.partners),
        started_at=incident.declared_at,
        told=tuple(sorted(told_audiences)),
        held=tuple(sorted(held_roles)),
    )


def facts_now(change: Change) -> IncidentFacts:
    """The current facts of the incident for its running playbooks."""
    told_audiences = change.services.get(Registry).ask(AUDIENCES_TOLD)(change.session, change.number)
    return facts_of(change.incident, told_audiences, incidents.roles(change.session, change.number))


def matching_playbook(services: Services, incident: Incident) -> str | None:
    """The name of the playbook that fits the incident best, if any."""
    return playbook_rules.pick(known_playbooks(services), facts_of(incident))


def is_private(services: Services, incident: Incident) -> bool:
    """True if the playbook that fits the incident makes it private."""
    name = matching_playbook(services, incident)
    return name is not None and known_playbooks(services)[name].private


def known_playbooks(services: Services) -> dict[str, Playbook]:
    """The floor's current playbooks, by name."""
    return services.get(ReloadingLibrary).library.playbooks


def start_matching(change: Change, event: Declared) -> None:
    """Start the playbook that fits the incident."""
    name = matching_playbook(change.services, change.incident)
    if name is not None:
        _start(change, name, by=None)


def start_manually(services: Services, number: int, name: str, by: str, now: datetime) -> str:
    """Start another playbook in an incident. Return the answer."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        run = _start(change, name, by)
    return wording.RUNNING.format(title=escape(run.title))


def stop(services: Services, number: int, name: str, by: str, now: datetime) -> str:
    """Stop a playbook; its finished steps stay on record. Return the answer."""
    with changing(services, number, by, now) as change:
        run = _stop(change, name)
    return wording.STOPPED.format(title=escape(run.title))


def switch(services: Services, number: int, name: str, by: str, now: datetime) -> str:
    """Start a playbook and stop the other running ones. Return the answer."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        started = _start(change, name, by)
        for run in runs_of(change.session, number):
            if run.is_running and run.number != started.number:
                _stop(change, run.playbook)
    return wording.RUNS_INSTEAD.format(title=escape(started.title))


def _start(change: Change, name: str, by: str | None) -> PlaybookRun:
    session, incident, now = change.session, change.incident, change.now
    playbooks_by_name = known_playbooks(change.services)
    if name not in playbooks_by_name:
        raise UnknownPlaybook(given=escape(name[:60]), known=", ".join(sorted(playbooks_by_name)) or "none yet")
    number = incident.number
    book = playbooks_by_name[name]
    run = runs.start_run(session, number, name, book, facts_now(change), by or incident.declared_by, now)
    if outbox.find(session, number, kinds.RUN, str(run.number)) is None:
        outbox.add(session, kinds.RUN, number, now, str(run.number), follows_incident=True)
        timeline.append(session, number, "playbook_started", now, by, playbook=run.title)
    return run


def _stop(change: Change, name: str) -> PlaybookRun:
    runs_of_name = [run for run in runs_of(change.session, change.number) if run.playbook == name]
    for run in runs_of_name:
        if run.is_running:
            change.log("playbook_stopped", playbook=run.title)
            return _end(change, run)
    raise _not_running(name, runs_of_name, change.now)


def _not_running(name: str, earlier_runs: Sequence[PlaybookRun], now: datetime) -> WatchfloorError:
    """The refusal to stop it; it says so if the playbook was stopped already, in case that answer was lost."""
    last_run = earlier_runs[-1] if earlier_runs else None
    if last_run is None or last_run.stopped_at is None:
        return NotRunning(given=escape(name[:60]))
    by = f"by {mention(last_run.stopped_by)} " if last_run.stopped_by else ""
    return AlreadyStopped(
        title=escape(last_run.title), when=f"{by}at {near_time(last_run.stopped_at, now)}", name=last_run.playbook
    )


def stop_all(change: Change, event: Closed | Declined | Merged) -> None:
    """Stop all running playbooks, because the incident is over."""
    for run in runs_of(change.session, change.number):
        if run.is_running:
            _end(change, run)


def _end(change: Change, run: PlaybookRun) -> PlaybookRun:
    session, now = change.session, change.now
    stopped_run = runs.stop_run(session, run.number, change.by, now)
    reminder_messages.redraw(session, change.number, steps_of(session, run.number), now, is_over=True)
    return stopped_run


def list_playbooks(services: Services, number: int) -> str:
    """The playbooks running in an incident, and those that could be started."""
    with services.database.reading() as session:
        running_runs = [run for run in runs_of(session, number) if run.is_running]
    lines = [wording.RUNNING_LINE.format(name=run.playbook, title=escape(run.title)) for run in running_runs]
    lines = lines or [wording.NONE_RUNNING]
    lines.append(wording.HOW_TO_START)
    running_names = {run.playbook for run in running_runs}
    startable = {name: book for name, book in known_playbooks(services).items() if name not in running_names}
    lines += [f"• `{name}` {escape(book.title)}" for name, book in sorted(startable.items())]
    broken_files = sorted({problem.file for problem in services.get(ReloadingLibrary).library.problems})
    lines += [wording.BROKEN_LINE.format(file=escape(file)) for file in broken_files]
    return "\n".join(lines)
