"""How the kinds of rows differ: how each is rendered, where it goes, and what a refusal of it means."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, Protocol

from msgspec import Struct, field
from sqlmodel import Session

from bot.outbox import queries
from bot.outbox.rules import Refusal
from bot.outbox.tables import DRAFT as DRAFT
from bot.outbox.tables import MESSAGE, OutboxRow
from bot.services import Services
from bot.slack.blocks import Block, Message, divider, section
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
PARTNER_REPLY = "partner_reply"
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
ROUTING_FAULT = "engagement"
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


class Call(Struct, frozen=True):
    """A delivery other than a message: performed when `content` differs from that of the last one."""

    content: str
    perform: Callable[[], Posted | None]
    # Whether an attempt with an unknown outcome was carried out. Without it, the call may simply be repeated.
    exists: Callable[[], bool] | None = None


class Context(Struct, frozen=True, dict=True):
    """The data that a renderer reads."""

    session: Session
    services: Services
    # The incident's state, read once for all its rows; None for a row that is not rendered from it.
    snapshot: Any
    row: OutboxRow

    @property
    def incident(self) -> Any:
        """The incident that the row belongs to."""
        return self.snapshot.incident

    @cached_property
    def parts(self) -> Sequence[OutboxRow]:
        """The parts of this row if it is a batch; read once, because several callbacks use them."""
        return queries.parts_of(self.session, self.row.number)


def calling(act: Callable[[Services, OutboxRow], None]) -> Callable[[Context], Call]:
    """Deliver a row by an action that may be repeated, rather than by a message."""

    def call(context: Context) -> Call:
        return Call(context.row.key, partial(act, context.services, context.row))

    return call


class Settled(Struct, frozen=True):
    """A row in the transaction that settles it, after the incident was locked."""

    session: Session
    services: Services
    row: OutboxRow


class Kind(Struct, frozen=True):
    """A kind of row. Without a recipient, it goes to the incident's channel."""

    name: str
    # What could not be done when Slack refuses the row, for the timeline; if empty, nothing is recorded.
    purpose: str
    render: Callable[[Context], Message | Call]
    recipient: Callable[[Context], str] | None = None
    # The message in whose thread it is posted; without it, the row's own `thread_ts` is used.
    thread: Callable[[Context], str | None] | None = None
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    otherwise: Refusal = Refusal.RETRY
    # What any refusal that does not pass by itself means before the message is in Slack, if that differs.
    refused_at_first: Refusal | None = None
    # Called for a refusal that the kind handles itself; the row is not tried again. False: the channel is gone.
    on_refused: Callable[[Settled, str], bool] | None = None
    on_lost: Callable[[Settled], None] | None = None
    # Called when the row is in Slack, with the call's result; called again after each later version.
    on_delivered: Callable[[Settled, Posted | None], None] | None = None
    # Called when the row will never be in Slack.
    on_given_up: Callable[[Settled, str], None] | None = None
    # Called when Slack says that a recipient found by name is gone: the name must be looked up again.
    forget: Callable[[Services, str], None] | None = None
    # Whether an attempt with an unknown outcome is repeated if Slack refuses the search; otherwise it is dropped.
    is_repeated_unseen: bool = True
    # True if it reads a whole file, which may take minutes: messages must not wait for it.
    is_import: bool = False
    # Combines several messages waiting for one reader into one; without it, each is a message of its own.
    join: Callable[[Sequence[Message]], Message] | None = None


def joined(messages: Sequence[Message]) -> Message:
    """The messages one below the other, with a divider between them."""
    blocks: list[Block] = []
    block_ids: set[str] = set()
    for text, message_blocks in messages:
        blocks += [divider()] if blocks else []
        for block in message_blocks or [section(text)]:
            # Slack accepts each id only once in a message.
            is_taken = block.get("block_id") in block_ids
            blocks.append({name: value for name, value in block.items() if not (is_taken and name == "block_id")})
            block_ids |= {str(block["block_id"])} if "block_id" in block else set()
    return "\n\n".join(text for text, _ in messages), blocks


def _payload(context: Context) -> Message:
    payload = context.row.payload or {}
    return str(payload.get("text", "")), list(payload.get("blocks", ()))


def channel_of_row(context: Context) -> str:
    """The channel or person that the row itself names."""
    return context.row.channel_id or ""


def no_channel(context: Context) -> str:
    """None: the call itself finds out where it goes."""
    return ""


def job(
    name: str,
    act: Callable[[Services, OutboxRow], None],
    recipient: Callable[[Context], str] = no_channel,
    *,
    otherwise: Refusal = Refusal.RETRY,
    is_import: bool = False,
) -> Kind:
    """A kind of row that is delivered by an action rather than by a message."""
    return Kind(name, "", calling(act), recipient, otherwise=otherwise, is_import=is_import)


POSTED = Kind(
    name=MESSAGE,
    purpose="",
    render=_payload,
    recipient=channel_of_row,
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
    """What the outbox needs from incidents, which it does not import."""

    def lock(self, session: Session, incident_id: int) -> None:
        """Lock the incident against other changes until the transaction ends."""

    def snapshot(self, session: Session, incident_id: int) -> Any:
        """The incident and everything that is rendered from it, read once."""

    def lose_channel(self, session: Session, incident_id: int, error: str) -> None:
        """Record Slack's answer that the incident's channel is gone."""

    def record_trouble(self, session: Session, incident_id: int, purpose: str, reason: str) -> None:
        """Record that Slack refused something for the first time."""


class Kinds(Struct, frozen=True):
    """All kinds by name, and the incidents that the rows are about."""

    incidents: Incidents
    by_name: Mapping[str, Kind]

    @classmethod
    def of(cls, incidents: Incidents, kinds: Iterable[Kind]) -> "Kinds":
        """Index the kinds by name."""
        return cls(incidents, {kind.name: kind for kind in kinds})
