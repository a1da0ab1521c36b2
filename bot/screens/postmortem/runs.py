"""The post-mortem's account of the playbooks: adherence, and proposed corrections to their files."""

from collections.abc import Callable, Iterator, Sequence

from sqlmodel import Session

from bot.playbooks import progress
from bot.playbooks.step_rows import AnyStep, steps_of
from bot.playbooks.tables import PlaybookRun, last_runs, runs_of
from bot.postmortems.record import Proposal, Run, Step
from bot.timeline import wording
from bot.timeline.tables import TimelineEntry

NameOf = Callable[[str], str]
FINISHING_KINDS = ("step_done", "step_skipped", "step_waived")


def runs(
    session: Session, number: int, entries: Sequence[TimelineEntry], name_of: NameOf, language: str
) -> list[Run]:
    """Each run of the incident: its steps, its adherence, and proposals from the last runs of its file."""
    return [_run(session, run, entries, name_of, language) for run in runs_of(session, number)]


def _run(
    session: Session, run: PlaybookRun, entries: Sequence[TimelineEntry], name_of: NameOf, language: str
) -> Run:
    steps = steps_of(session, run.number)
    adherence_figures = progress.measure(steps)
    counts = {
        "done": adherence_figures.done,
        "skipped": adherence_figures.skipped,
        "waived": adherence_figures.waived,
        "open": adherence_figures.left_open,
        "late": adherence_figures.late,
        "out_of_order": adherence_figures.out_of_order,
    }
    start_entries = [e.id for e in entries if e.kind == "playbook_started" and e.facts.get("playbook") == run.title]
    entry_by_step = {str(e.facts.get("step")): e.id for e in entries if e.kind in FINISHING_KINDS}
    return Run(
        title=run.title,
        entry=start_entries[0] if start_entries else None,
        steps=[
            _step(step, entry_by_step, name_of, language) for step in steps if step.wanted_at or step.finished_at
        ],
        counts=counts,
        average_lateness_s=adherence_figures.average_lateness.total_seconds()
        if adherence_figures.average_lateness
        else None,
        proposals=list(_proposals(session, run)),
    )


def _step(step: AnyStep, entry_by_step: dict[str, int | None], name_of: NameOf, language: str) -> Step:
    return Step(
        title=step.title,
        state=step.state,
        who=name_of(step.finished_by) if step.finished_by else "",
        finished_at=step.finished_at,
        reason=wording.term("step_skipped", step.reason or "", language),
        is_late=progress.lateness(step) is not None,
        is_out_of_order=step.out_of_order,
        entry=entry_by_step.get(step.title) if step.finished_at else None,
    )


def _proposals(session: Session, run: PlaybookRun) -> Iterator[Proposal]:
    """Proposals from real runs only: people skip steps in a drill that they would never skip otherwise."""
    for proposal in progress.proposals(run.playbook, last_runs(session, run.playbook)):
        yield Proposal(
            proposal.kind, proposal.file, proposal.step_key, proposal.title, proposal.times, proposal.runs
        )
