"""What differs between the kinds of rows: how each is rendered, where it goes, and what a refusal of it means."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from msgspec import Struct, field
from sqlmodel import Session

from bot.outbox import queries
from bot.outbox.rules import Refusal
from bot.outbox.tables import DRAFT as DRAFT
from bot.outbox.tables import MESSAGE, OutboxRow
from bot.services import Services
from bot.slack.blocks import Block, divider, section
from bot.slack.messages import Posted

CARD = "card"
DIGEST = "digest"
TOPIC = "topic"
PIN = "pin"
BOOKMARK = "bookmark"
RUN = "run"
PAGE = "page"
PAGER = "pager"
LADDER = "ladder"
PARTNER = "partner"
FOLLOW_UP = "followup"
FOLLOW_UP_TOLD = "followup_told"
UPDATE = "update"
POST_MORTEM = "postmortem"
POST_MORTEM_UPLOAD = "postmortem_upload"
POST_MORTEM_FILES = "postmortem_files"
CANVAS = "canvas"
INVITE = "invite"
HANDOVER = "handover"
HANDOVER_LINE = "handover_line"
CATCH_UP = "catch_up"
DECLARATION = "declaration"
CHANNEL_NAME = "channel_name"
PRIVATE_CHANNEL = "private_channel"
DELETION = "deletion"
ARCHIVING = "archiving"
PRIVACY_REPORT = "privacy_report"
PICTURE = "picture"
FIGURES_FILE = "figures_file"
FIGURES_CHART = "figures_chart"
ROWS_FILE = "rows_file"
FRONT_DOOR = "front_door"
ENGAGEMENT = "engagement"
LEDGER_FILE = "ledger_file"
LEDGER_LINES = "ledger_lines"
LEDGER_RELEASE = "ledger_release"
LEDGER_WORKBOOK = "ledger_workbook"
LOCKOUT_UNLOCK = "lockout_unlock"
LOCKOUT_BATCH = "lockout_batch"
LOCKOUT_FILE = "lockout_file"
CASE_BOARD = "case_board"
CASE_NOTE = "case_note"
CASE_FILE = "case_file"
ALERTS = "alerts"
WEBHOOK = "webhook"
ALERTS_DECLARATION = "alerts_declaration"
REPORT = "report"
SHIFT_HANDOVER = "shift_handover"
SHIFT_CALL = "shift_call"
HANDOVERS_FILE = "handovers_file"
CONTACT = "contact"
CONTACT_PIN = "contact_pin"
OPEN_TIME = "open_time"
ROSTER_FILE = "roster_file"
ABSENCES_FILE = "absences_file"

Message = tuple[str, list[Block]]


class Call(Struct, frozen=True):
    """Something that is no message: it is done when `content` differs from what was done last."""

    content: str
    perform: Callable[[], Posted | None]
    # Whether an attempt with an unknown outcome was carried out. Without it, the call may simply be repeated.
    exists: Callable[[], bool] | None = None


class Context(Struct, frozen=True, dict=True):
    """What a renderer reads from."""

    session: Session
    services: Services
    # What was read of the incident for all its rows; None for a row that is not rendered from it.
    snapshot: Any
    row: OutboxRow

    @property
    def incident(self) -> Any:
        """Whose row it is."""
        return self.snapshot.incident

    @cached_property
    def parts(self) -> Sequence[OutboxRow]:
        """What reaches its reader by this row, when it is a batch; read once for all that is asked of it."""
        return queries.parts_of(self.session, self.row.number)


class Settled(Struct, frozen=True):
    """A row in the transaction that settles it, after the incident was locked."""

    session: Session
    services: Services
    row: OutboxRow


class Kind(Struct, frozen=True):
    """A kind of row. Without a recipient it is in the incident's channel."""

    name: str
    # What could not be done when Slack refuses it, as the timeline says it; nothing is said without.
    purpose: str
    render: Callable[[Context], Message | Call]
    recipient: Callable[[Context], str] | None = None
    # The message in whose thread it is posted; without it, the row knows.
    thread: Callable[[Context], str | None] | None = None
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    otherwise: Refusal = Refusal.RETRY
    # What any refusal means before the message is in Slack, if that differs.
    refused_at_first: Refusal | None = None
    # Asked about a refusal that is the kind's own; the row is tried no more. False: the channel is gone after all.
    on_refused: Callable[[Settled, str], bool] | None = None
    on_lost: Callable[[Settled], None] | None = None
    # The row is in Slack, with what the call gave back; told again after each later version.
    on_delivered: Callable[[Settled, Posted | None], None] | None = None
    # The row will never be in Slack.
    on_given_up: Callable[[Settled, str], None] | None = None
    # Its recipient was found by a name, and is gone, says Slack: the name is to be looked up anew.
    forget: Callable[[Services, str], None] | None = None
    # When Slack refuses to be searched, an attempt with an unknown outcome is made again; else it is dropped.
    is_repeated_unseen: bool = True
    # How several that wait for one reader become one message; without it, each is a message of its own.
    join: Callable[[Sequence[Message]], Message] | None = None


def joined(messages: Sequence[Message]) -> Message:
    """One message below the other, with a line between them."""
    blocks: list[Block] = []
    block_ids: set[str] = set()
    for text, own in messages:
        blocks += [divider()] if blocks else []
        for block in own or [section(text)]:
            # Slack takes each id once in a message.
            is_taken = block.get("block_id") in block_ids
            blocks.append({name: value for name, value in block.items() if not (is_taken and name == "block_id")})
            block_ids |= {str(block["block_id"])} if "block_id" in block else set()
    return "\n\n".join(text for text, _ in messages), blocks


def _payload(context: Context) -> Message:
    payload = context.row.payload or {}
    return str(payload.get("text", "")), list(payload.get("blocks", ()))


POSTED = Kind(
    name=MESSAGE,
    purpose="",
    render=_payload,
    recipient=lambda context: context.row.channel_id or "",
    refusals={
        "not_in_channel": Refusal.RETRY,
        "restricted_action": Refusal.RETRY,
        "thread_not_found": Refusal.RETRY,
        "is_archived": Refusal.FINAL,
        "channel_not_found": Refusal.FINAL,
        "message_not_found": Refusal.FINAL,
        "cant_update_message": Refusal.FINAL,
    },
    otherwise=Refusal.FINAL,
    join=joined,
)


class Incidents(Protocol):
    """What the outbox needs of incidents, which it does not import."""

    def lock(self, session: Session, incident_id: int) -> None:
        """Nobody else changes the incident until the transaction ends."""

    def snapshot(self, session: Session, incident_id: int) -> Any:
        """The incident and everything that is rendered of it, read once."""

    def lose_channel(self, session: Session, incident_id: int, error: str) -> None:
        """Slack says that the incident's channel is gone."""

    def record_trouble(self, session: Session, incident_id: int, purpose: str, reason: str) -> None:
        """Slack refused something for the first time."""


class Kinds(Struct, frozen=True):
    """Every kind by its name, and the incidents that the rows are about."""

    incidents: Incidents
    by_name: Mapping[str, Kind]

    @classmethod
    def of(cls, incidents: Incidents, kinds: Iterable[Kind]) -> "Kinds":
        """All kinds, by their names."""
        return cls(incidents, {kind.name: kind for kind in kinds})
