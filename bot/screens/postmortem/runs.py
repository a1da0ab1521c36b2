"""What the post-mortem says of the playbooks: how they were kept, and what of them should be mended."""

from collections.abc import Callable, Iterator, Sequence

from sqlmodel import Session

from bot.playbooks import adherence
from bot.playbooks import tables as playbooks
from bot.playbooks.tables import AnyStep, PlaybookRun
from bot.postmortems.record import Proposal, Run, Step
from bot.timeline.tables import TimelineEntry

Naming = Callable[[str], str]
FINISHING = ("step_done", "step_skipped", "step_waived")


def runs(session: Session, number: int, entries: Sequence[TimelineEntry], name: Naming) -> list[Run]:
    """Each run of the incident: its steps, how it was kept, and what the last runs say of its file."""
    return [_run(session, run, entries, name) for run in playbooks.runs_of(session, number)]


def _run(session: Session, run: PlaybookRun, entries: Sequence[TimelineEntry], name: Naming) -> Run:
    steps = playbooks.steps_of(session, run.number)
    kept = adherence.measure(steps)
    counts = {
        "done": kept.done,
        "skipped": kept.skipped,
        "waived": kept.waived,
        "open": kept.left_open,
        "late": kept.late,
        "out_of_order": kept.out_of_order,
    }
    started = [e.id for e in entries if e.kind == "playbook_started" and e.facts.get("playbook") == run.title]
    finished = {str(e.facts.get("step")): e.id for e in entries if e.kind in FINISHING}
    return Run(
        title=run.title,
        entry=started[0] if started else None,
        steps=[_step(step, finished, name) for step in steps if step.wanted_at or step.finished_at],
        counts=counts,
        average_lateness_s=kept.average_lateness.total_seconds() if kept.average_lateness else None,
        proposals=list(_proposals(session, run)),
    )


def _step(step: AnyStep, finished: dict[str, int | None], name: Naming) -> Step:
    return Step(
        title=step.title,
        state=step.state,
        who=name(step.finished_by) if step.finished_by else "",
        finished_at=step.finished_at,
        reason=step.reason or "",
        is_late=adherence.lateness(step) is not None,
        is_out_of_order=step.out_of_order,
        entry=finished.get(step.title) if step.finished_at else None,
    )


def _proposals(session: Session, run: PlaybookRun) -> Iterator[Proposal]:
    """From real runs only: in a drill people skip what they would never skip."""
    for found in adherence.proposals(run.playbook, playbooks.last_runs(session, run.playbook)):
        yield Proposal(found.kind, found.file, found.step_key, found.title, found.times, found.runs)
