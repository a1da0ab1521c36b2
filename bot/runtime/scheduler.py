"""The clock: a few fixed jobs that look for due work. Due times are in the database, never here."""

from collections.abc import Callable, Iterable

from apscheduler.schedulers.background import BackgroundScheduler
from msgspec import Struct


class Job(Struct, frozen=True):
    """A job that runs every so many seconds, never twice at once."""

    name: str
    every_s: float
    run: Callable[[], None]


def start(jobs: Iterable[Job]) -> BackgroundScheduler:
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    for job in jobs:
        scheduler.add_job(job.run, "interval", seconds=job.every_s, id=job.name)
    scheduler.start()
    return scheduler
