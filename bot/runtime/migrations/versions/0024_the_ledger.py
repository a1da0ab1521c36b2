"""Credits and refunds: ledgers with append-only entries, and totals whose equation the database keeps."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import numbers, partial_index, texts

revision = "0024"
down_revision = "0023"

SUMS = ("eligible", "issued", "failed", "excluded", "pending")


def upgrade() -> None:
    op.create_table(
        "ledgers",
        _id(),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False, unique=True),
        *texts("state", "opened_by"),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_by", AutoString()),
        sa.Column("closed_at", UtcDateTime()),
        sa.Column("waiver", AutoString(), nullable=False),
    )
    op.create_table(
        "ledger_cohorts",
        _ledger(primary_key=True),
        sa.Column("cohort", AutoString(), primary_key=True),
        *texts("rule", "set_by"),
        sa.Column("set_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "ledger_totals",
        _ledger(primary_key=True),
        sa.Column("cohort", AutoString(), primary_key=True),
        sa.Column("currency", AutoString(), primary_key=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.CheckConstraint("eligible = issued + failed + excluded + pending", name="ck_ledger_totals_equation"),
        sa.CheckConstraint(
            "issued >= 0 AND failed >= 0 AND excluded >= 0 AND pending >= 0", name="ck_ledger_totals_not_negative"
        ),
    )
    _create_releases()
    _create_files()
    _create_lines()
    _create_entries()
    op.create_table(
        "ledger_keys", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False), *texts("secret")
    )


def _create_releases() -> None:
    op.create_table(
        "ledger_releases",
        _id(),
        _ledger(),
        *texts("cohort", "currency"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        *texts("state", "asked_by"),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", AutoString()),
        sa.Column("decided_at", UtcDateTime()),
        sa.CheckConstraint(
            "NOT needs_second OR state <> 'released' OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name="ck_ledger_releases_two_people",
        ),
    )
    op.create_index("ix_ledger_releases_ledger", "ledger_releases", ["ledger_id"])


def _create_files() -> None:
    op.create_table(
        "ledger_files",
        _id(),
        _ledger(),
        *texts("kind", "cohort"),
        sa.Column("slack_id", AutoString(), nullable=False, unique=True),
        *texts("file_name", "digest", "state"),
        *numbers("done_line", "changed"),
        sa.Column("brought_by", AutoString(), nullable=False),
        sa.Column("brought_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_ledger_files_digest", "ledger_files", ["ledger_id", "digest"])


def _create_lines() -> None:
    op.create_table(
        "ledger_lines",
        _id(),
        _ledger(),
        sa.Column("cohort", AutoString(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("account_key", AutoString(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        *texts("currency", "state"),
        sa.Column("release_id", sa.Integer(), sa.ForeignKey("ledger_releases.id")),
        sa.CheckConstraint("amount > 0", name="ck_ledger_lines_amount"),
    )
    partial_index(
        "ux_ledger_lines_account",
        "ledger_lines",
        "ledger_id",
        "account_key",
        where="state <> 'excluded'",
        unique=True,
    )
    op.create_index("ix_ledger_lines_account", "ledger_lines", ["account_key", "ledger_id"])
    op.create_index("ix_ledger_lines_state", "ledger_lines", ["ledger_id", "cohort", "currency", "state"])


def _create_entries() -> None:
    op.create_table(
        "ledger_entries",
        _id(),
        _ledger(),
        sa.Column("line_id", sa.Integer(), sa.ForeignKey("ledger_lines.id"), nullable=False),
        sa.Column("old_state", AutoString()),
        sa.Column("new_state", AutoString(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        *texts("reason", "reference"),
        sa.Column("file_id", sa.Integer(), sa.ForeignKey("ledger_files.id")),
        sa.Column("by", AutoString(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    partial_index(
        "ux_ledger_entries_reference",
        "ledger_entries",
        "line_id",
        "reference",
        where="reference <> ''",
        unique=True,
    )
    op.create_index("ix_ledger_entries_line", "ledger_entries", ["line_id"])
    op.create_table(
        "ledger_differences",
        _id(),
        _ledger(),
        sa.Column("file_id", sa.Integer(), sa.ForeignKey("ledger_files.id"), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        *texts("trouble", "shown", "account_key"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", AutoString(), nullable=False),
        sa.Column("settled_at", UtcDateTime()),
    )
    partial_index(
        "ix_ledger_differences_open", "ledger_differences", "ledger_id", "account_key", where="settled_at IS NULL"
    )


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), primary_key=True)


def _ledger(*, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        "ledger_id", sa.Integer(), sa.ForeignKey("ledgers.id"), nullable=False, primary_key=primary_key
    )
