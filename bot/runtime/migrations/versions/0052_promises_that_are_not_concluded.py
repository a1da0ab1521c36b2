"""An index of the few promises that are not concluded, among all that ever were."""

from bot.runtime.migrations.steps import partial_index

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    partial_index(
        "ix_promises_unconcluded", "promises", "incident_id", where="state IN ('waiting', 'paused', 'sending')"
    )
