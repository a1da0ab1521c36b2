"""Messages joined from what was heard, corrections, gaps, and the sealed log under the timeline."""

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.hash_chain import INITIAL_HASH, canonical, chain_hash, digest
from bot.runtime.migrations.steps import moments, partial_index, texts

revision = "0004"
down_revision = "0003"

STATE = (
    *("incident_id", "at", "kind", "actor_id", "facts", "message_ts", "source_key"),
    *("heard", "is_marked", "label", "is_shown", "correction", "hiding"),
)


def upgrade() -> None:
    """To this shape; what is there becomes the beginning of each log."""
    with op.batch_alter_table("timeline_entries") as entries:
        entries.add_column(sa.Column("heard", sa.JSON(none_as_null=True), nullable=True))
        entries.add_column(sa.Column("is_marked", sa.Boolean(), nullable=False, server_default=sa.false()))
        entries.add_column(sa.Column("label", AutoString(), nullable=True))
        entries.add_column(sa.Column("is_shown", sa.Boolean(), nullable=False, server_default=sa.true()))
        entries.add_column(sa.Column("correction", sa.JSON(none_as_null=True), nullable=True))
        entries.add_column(sa.Column("hiding", sa.JSON(none_as_null=True), nullable=True))
        entries.create_index("ix_timeline_entries_kind", ["incident_id", "kind"])
    op.create_table(
        "timeline_chains",
        sa.Column("incident_id", sa.Integer(), primary_key=True),
        sa.Column("length", sa.Integer(), nullable=False),
        *texts("seal", "before"),
    )
    op.create_table(
        "timeline_log",
        sa.Column("incident_id", sa.Integer(), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("change", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=True),
        *texts("before", "seal"),
    )
    op.create_index("ix_timeline_log_entry", "timeline_log", ["entry_id"])
    _gaps()
    _begin_the_logs(op.get_bind())


def _gaps() -> None:
    op.create_table(
        "listening",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "timeline_gaps",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        *moments("since", "until"),
        *texts("state", "read_to_ts"),
        sa.Column("threads", sa.JSON(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.UniqueConstraint("incident_id", "until"),
    )
    partial_index("ix_timeline_gaps_open", "timeline_gaps", "id", where="state IN ('channel', 'threads')")


def _begin_the_logs(connection: sa.Connection) -> None:
    columns = [sa.Column(name, _TYPES.get(name, sa.String())) for name in STATE]
    table = sa.Table("timeline_entries", sa.MetaData(), sa.Column("id", sa.Integer()), *columns)
    log = sa.table("timeline_log", *map(sa.column, (*_PLACE, *_LINK)))
    ends: dict[int, tuple[int, str, str]] = {}
    for row in connection.execute(sa.select(table).order_by(table.c.id)).mappings().all():
        state = {name: _plain(row[name]) for name in STATE} | _told(row)
        kept = {name: state[name] for name in ("heard", "facts", "is_marked")}
        connection.execute(table.update().where(table.c.id == row["id"]).values(**kept))
        change = _change(row, canonical(state))
        position, before, _ = ends.get(row["incident_id"], (0, INITIAL_HASH, ""))
        seal = chain_hash(before, digest(change))
        ends[row["incident_id"]] = position + 1, seal, before
        place = dict(zip(_PLACE, (row["incident_id"], position + 1, row["id"]), strict=True))
        link = dict(zip(_LINK, (change, canonical(state), before, seal), strict=True))
        connection.execute(sa.insert(log).values(**place, **link))
    chains = sa.table("timeline_chains", *map(sa.column, ("incident_id", "length", "seal", "before")))
    for incident_id, (length, seal, before) in ends.items():
        end = {"incident_id": incident_id, "length": length, "seal": seal, "before": before}
        connection.execute(sa.insert(chains).values(**end))


def _change(row: Any, state: str) -> str:
    what = {"entry": row["id"], "what": "added", "by": row["actor_id"], "reason": ""}
    return canonical(what | {"on": row["at"].isoformat(), "digest": digest(state)})


def _told(row: Any) -> dict[str, Any]:
    facts = _facts(row)
    return {"heard": _heard(row), "facts": facts, "is_marked": bool(facts.get("marked_by"))}


_PLACE = ("incident_id", "position", "entry_id")
_LINK = ("change", "state", "before", "seal")
_TYPES: dict[str, Any] = {
    "incident_id": sa.Integer(),
    "at": UtcDateTime(),
    "facts": sa.JSON(),
    "heard": sa.JSON(none_as_null=True),
    "is_marked": sa.Boolean(),
    "is_shown": sa.Boolean(),
    "correction": sa.JSON(none_as_null=True),
    "hiding": sa.JSON(none_as_null=True),
}


def _plain(given: Any) -> Any:
    return given.isoformat() if isinstance(given, datetime) else given


def _facts(row: Any) -> dict[str, Any]:
    """A message's files had names only."""
    facts = json.loads(json.dumps(row["facts"]))
    if row["kind"] == "message" and facts.get("files"):
        facts["files"] = [{"name": name, "link": ""} for name in facts["files"]]
    return dict(facts)


def _heard(row: Any) -> dict[str, Any] | None:
    """What was heard of a message, as far as its facts still tell."""
    if row["kind"] != "message":
        return None
    facts, ts = _facts(row), row["message_ts"]
    texts = [*facts.get("earlier", []), facts.get("text", "")]
    files = [[file["name"], file["link"]] for file in facts.get("files", [])]
    times = [ts, *(_edit_ts(ts, number) for number in range(1, len(texts)))]
    return {
        "ts": ts,
        "author": row["actor_id"] or "",
        "author_name": "",
        "thread_ts": facts.get("thread_ts", ""),
        "is_live": True,
        "deleted_ts": _ts(facts["deleted_at"]) if facts.get("deleted_at") else "",
        "versions": [[at, text, "", files] for at, text in zip(times, texts, strict=True)],
        "marks": [["pushpin", by, ts, True] for by in facts.get("marked_by", [])],
    }


def _edit_ts(ts: str, number: int) -> str:
    return f"{float(ts) + number / 1e6:.6f}"


def _ts(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(UTC).timestamp():.6f}"
