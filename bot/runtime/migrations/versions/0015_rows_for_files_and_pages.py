"""Notices to partners, pictures, post-mortem files and calls to the pager that are on their way are outbox rows."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.clock import utcnow
from bot.runtime.database import UtcDateTime

revision = "0015"
down_revision = "0014"

URGENT, USUAL, LAST = 2, 5, 8
OUTBOX = sa.table(
    "outbox",
    *(sa.column(name, AutoString()) for name in ("key", "kind", "subject", "content_hash")),
    *(sa.column(name, sa.Integer()) for name in ("incident_id", "priority", "wanted", "shown", "looked")),
    *(sa.column(name, sa.Integer()) for name in ("attempts", "replaced")),
    *(sa.column(name, sa.Boolean()) for name in ("is_rendered", "follows_incident")),
    *(sa.column(name, UtcDateTime()) for name in ("attempted_at", "retry_at")),
    sa.column("payload", sa.JSON(none_as_null=True)),
)


def upgrade() -> None:
    _move_partner_notices()
    _move_pictures()
    _move_postmortems()
    _move_pages()


def _rows(query: str, **types: Any) -> list[Mapping[str, Any]]:
    found = op.get_bind().execute(sa.text(query).columns(**types))
    return [dict(row) for row in found.mappings()]


def _add(kind: str, key: str, incident_id: int, **facts: Any) -> None:
    usual = {"subject": "", "priority": USUAL, "is_rendered": False, "follows_incident": False, "payload": None}
    counted = {"wanted": 1, "shown": 0, "looked": 0, "attempts": 0, "replaced": 0, "content_hash": ""}
    moments = {"attempted_at": None, "retry_at": utcnow()}
    values = {**usual, **counted, **moments, "kind": kind, "key": key, "incident_id": incident_id, **facts}
    op.get_bind().execute(sa.insert(OUTBOX).values(values))


def _move_partner_notices() -> None:
    """Those that were tried and neither arrived nor were refused."""
    waiting = _rows(
        "SELECT id, incident_id, partner, attempted_at FROM partner_notices "
        "WHERE state = 'waiting' AND attempted_at IS NOT NULL ORDER BY id",
        attempted_at=UtcDateTime(),
    )
    for row in waiting:
        _add(
            "partner",
            f"partner:{row['incident_id']}:{row['partner']}:0",
            row["incident_id"],
            subject=row["partner"],
            priority=URGENT,
            is_rendered=True,
            follows_incident=True,
            attempted_at=row["attempted_at"],
        )
    op.execute(
        "UPDATE partner_notices SET act = 'send', due_at = NULL "
        "WHERE state = 'waiting' AND attempted_at IS NOT NULL"
    )
    op.drop_column("partner_notices", "attempted_at")


def _move_pictures() -> None:
    waiting = _rows(
        "SELECT key, incident_id, asked_by, file_id, attempted_at FROM timeline_pictures "
        "WHERE NOT is_settled ORDER BY id",
        attempted_at=UtcDateTime(),
    )
    for row in waiting:
        payload = {"asked_by": row["asked_by"]} | ({"file_id": row["file_id"]} if row["file_id"] else {})
        attempted_at = row["attempted_at"]
        _add("picture", f"picture:{row['key']}", row["incident_id"], payload=payload, attempted_at=attempted_at)
    op.drop_table("timeline_pictures")


def _move_postmortems() -> None:
    behind = _rows(
        "SELECT copy.id AS copy_id, copy.incident_id, copy.postmortem_id, copy.wanted_version, "
        "copy.attempted_version, postmortem.version, postmortem.state, postmortem.canvas_at "
        "FROM postmortem_copies copy JOIN postmortems postmortem ON postmortem.id = copy.postmortem_id "
        "WHERE copy.shared_version < copy.wanted_version AND copy.trouble IS NULL ORDER BY copy.id"
    )
    shown = {row["subject"] for row in _rows("SELECT subject FROM outbox WHERE kind = 'postmortem'")}
    for row in behind:
        _move_copy(row, str(row["copy_id"]) in shown)
    newest = {row["postmortem_id"]: row for row in behind}
    for postmortem_id, row in newest.items():
        subject = str(postmortem_id)
        key = f"postmortem_upload:{postmortem_id}:{row['version']}:{row['copy_id']}"
        _add("postmortem_upload", key, row["incident_id"], subject=subject)
        if row["state"] != "preview" and row["canvas_at"] is None:
            _add("canvas", f"canvas:{postmortem_id}", row["incident_id"], subject=subject, priority=LAST)
    op.drop_index("ix_postmortem_copies_behind", "postmortem_copies")
    op.drop_column("postmortem_copies", "attempted_version")
    op.drop_column("postmortems", "canvas_at")


def _move_copy(row: Mapping[str, Any], is_shown: bool) -> None:
    copy_id, incident_id = row["copy_id"], row["incident_id"]
    if not is_shown:
        _add(
            "postmortem",
            f"postmortem:{incident_id}:{copy_id}:0",
            incident_id,
            subject=str(copy_id),
            is_rendered=True,
        )
    if row["attempted_version"] == row["wanted_version"]:
        # When its files were shared was not kept, so it may have been a moment ago.
        key = f"postmortem_files:{copy_id}:{row['wanted_version']}"
        _add("postmortem_files", key, incident_id, subject=str(copy_id), attempted_at=utcnow())


def _move_pages() -> None:
    waiting = _rows(
        "SELECT id, incident_id, occasion, user_id FROM pages WHERE pager IN ('wanted', 'ringing') ORDER BY id"
    )
    for row in waiting:
        key = f"ring:page:{row['incident_id']}:{row['occasion']}:{row['user_id']}"
        _add("pager", key, row["incident_id"], subject=str(row["id"]), priority=URGENT)
    op.execute("UPDATE pages SET pager = 'wanted' WHERE pager = 'ringing'")
    op.drop_index("ix_pages_to_ring", "pages")
