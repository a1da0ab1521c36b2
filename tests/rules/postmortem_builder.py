"""An incident record with everything in it, from which tests write post-mortems."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bot.postmortems.document import Document
from bot.postmortems.draft import compose
from bot.postmortems.phrases import Phrases
from bot.postmortems.record import (
    Entry,
    FollowUp,
    KeptPromises,
    Milestone,
    PartnerAnswer,
    Person,
    Promise,
    Proposal,
    Record,
    Run,
    Similar,
    Step,
)
from bot.postmortems.rendering import FOLDER
from bot.runtime.templates import Templates

# Three days over the end of summer time in Europe.
START = datetime(2026, 10, 24, 21, 40, tzinfo=UTC)
TEMPLATES = Templates(Path("message_templates"))


def at(minutes: float) -> datetime:
    """Return the time that many minutes after the declaration."""
    return START + timedelta(minutes=minutes)


def entry(number: int, minutes: float, kind: str, words: str, who: str = "Commander", **more: Any) -> Entry:
    """Return an entry with a permalink of its own."""
    url = f"https://floor.example/archives/C1/p{number:010}000000"
    return Entry(number, at(minutes), kind, words, who, url, **more)


ENTRIES = (
    entry(1, 0, "declared", "Participant declared it as S2: IVR silent in Manila", facts={"severity": "S2"}),
    entry(2, 1, "playbook_started", "The playbook Telephony down was started"),
    entry(3, 2, "role_taken", "Commander is commander", facts={"role": "commander", "user": "U1"}),
    entry(4, 5, "message", "Responder: silence after the greeting, half of the calls", is_speech=True),
    entry(5, 8, "severity", "Commander made it S0: Cebu too", facts={"new": "S0", "reason": "Cebu too"}),
    entry(6, 9, "impact", "Commander described the impact: half of 240 calls an hour are lost"),
    entry(18, 12, "cause", "Commander recorded the cause (suspected): a firmware update",
          facts={"text": "a firmware update of the IVR", "certainty": "suspected"}),
    entry(7, 15, "update_sent", "The update for Operations was sent as promised"),
    entry(8, 21, "message", "Responder: it is not the trunk, both carriers say", tag="ruled_out", is_speech=True),
    entry(9, 25, "decision", "Decision, noted by Commander: move all calls to Pune",
          text="move all calls to Pune", tag="decision"),
    entry(10, 34, "update_sent", "The update for Executives was sent late"),
    entry(11, 41, "message", "Scribe: Ana moved the calls to Pune", is_speech=True, is_marked=True),
    entry(12, 44, "status", "Commander set the status to mitigated", facts={"new": "mitigated"}),
    entry(13, 50, "step_skipped", "Responder skipped: Call the carrier (both are on the line)"),
    entry(14, 1500, "front_door", "Commander set the front door to: we are back"),
    entry(15, 2950, "resolved", "Commander resolved it", facts={"reason": "firmware rolled back"}),
    entry(16, 2990, "followup_added", "Commander added follow-up 7 for Responder"),
    entry(17, 3000, "closed", "Commander closed it"),
)  # fmt: skip

RECORD = Record(
    number=12,
    title="IVR silent in Manila",
    type="Telephony or IVR",
    severity="S0",
    status="closed",
    declared_at=START,
    written_at=at(3001),
    commander="Commander",
    communications_lead="Communications lead",
    entries=ENTRIES,
    places=("Manila", "Northline"),
    description="Callers hear nothing after the greeting",
    impact="half of 240 calls an hour are lost",
    resolved_at=at(2950),
    closed_at=at(3000),
    milestones={"started": Milestone(at(-12), 4, "estimated; first silent call in the log")},
    promises=(
        Promise("Operations", at(15), at(15), is_by_clock=True, entry=7),
        Promise(
            "Executives", at(30), at(34), is_by_clock=True, missed_before=1, entry=10, late_because="nobody led"
        ),
    ),
    kept_promises=(KeptPromises("Operations", 1, 1), KeptPromises("Executives", 0, 1)),
    runs=(
        Run(
            "Telephony down",
            2,
            (
                Step("Find out how far it reaches", "done", "Responder", at(9), is_late=True, entry=4),
                Step("Call the carrier", "skipped", "Responder", at(50), "both are on the line", entry=13),
                Step("Tell the floor", "open"),
            ),
            {"done": 1, "skipped": 1, "open": 1, "late": 1},
            240,
            (Proposal("skipped", "playbooks/telephony-down.yaml", "call-carrier", "Call the carrier", 3, 4),),
        ),
    ),
    people=(
        Person("Commander", "Ana Reyes", ("Commander",), (3,)),
        Person("Responder", "Devi Nair", ("Responder",), (4,)),
        Person("Participant", "Ben Okafor", (), (1,)),
    ),
    partners=(PartnerAnswer("Northline", at(12), at(14), 40, 6), PartnerAnswer("Sagebrush", at(12), None, None, 6)),
    follow_ups=(FollowUp("Test firmware on one site first", "prevent", "Responder", date(2026, 11, 7), False, 16),),
    similar=(
        Similar(5, "IVR down in Manila", "S1", at(-90_000), "https://floor.example/archives/C0", 3, 2),
        Similar(3, "Dialer stuck", "S2", at(-190_000), "https://floor.example/archives/C9", is_alike=False),
    ),
)


def words(language: str = "en", zone: str = "UTC") -> Phrases:
    """Return the shipped phrases of a language."""
    return Phrases(language, TEMPLATES.phrases(FOLDER, language), zone)


def document(language: str = "en", zone: str = "UTC", **changes: Any) -> Document:
    """Return the post-mortem of the record with some fields changed."""
    return compose(replace(RECORD, **changes), words(language, zone))
