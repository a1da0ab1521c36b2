"""The clock: a few fixed jobs that look for what is due. Due times are in the database, never here."""

from collections.abc import Callable, Iterable

from apscheduler.schedulers.background import BackgroundScheduler
from msgspec import Struct


class Job(Struct, frozen=True):
    """Something that is done every so many seconds, never twice at once."""

    name: str
    every_s: float
    run: Callable[[], None]


def start(jobs: Iterable[Job]) -> BackgroundScheduler:
    """Run the jobs from now on."""
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    for job in jobs:
        scheduler.add_job(job.run, "interval", seconds=job.every_s, id=job.name)
    scheduler.start()
    return scheduler
