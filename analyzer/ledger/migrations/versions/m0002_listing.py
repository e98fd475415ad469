"""An index that holds all that lists are filtered, counted and sorted by: a page of a million entries needs no more."""

from __future__ import annotations

from alembic import op

revision = "m0002"
down_revision = "m0001"

_COLUMNS = [
    "state", "severity_rank", "severity", "agency_id", "presence", "deadline", "listed_on", "times_repeated",
]  # fmt: skip


def upgrade() -> None:
    """Make the index."""
    op.create_index("entries_listed", "entries", _COLUMNS)


def downgrade() -> None:
    """Take the index away."""
    op.drop_index("entries_listed", "entries")
