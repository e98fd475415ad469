"""The first form of the ledger: entries, proofs, clues, runs, accounts, reveals, settings, and the chained history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "m0001"
down_revision = None

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_REFUSE = """
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_POSTGRES = (
    "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION ledger_append_only()",
    "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()",
)


def upgrade() -> None:
    """Create every table, and the triggers that keep history and reveals append-only."""
    _entries()
    _proofs_and_clues()
    _the_rest()
    _append_only("history", "reveals")


def downgrade() -> None:
    """There is no way back before the first step: the history would be lost."""
    raise NotImplementedError


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("finding_id", sa.Text, unique=True),
        _text("fingerprint"),
        sa.Column("rule", sa.Text, index=True),
        sa.Column("family", sa.Text),
        sa.Column("category", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("verdict", "severity", "force")),
        sa.Column("severity_rank", sa.Integer, nullable=False),
        *(_text(name) for name in ("subject_kind", "subject_zh", "subject_en")),
        sa.Column("agency_id", sa.Text, index=True),
        _text("agency"),
        sa.Column("station_id", sa.Text),
        sa.Column("started_on", sa.Date),
        sa.Column("ended_on", sa.Date),
        sa.Column("record_count", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("amount_fen", sa.BigInteger),
        *(_text(f"{name}_{lang}") for name in ("problem", "explanation", "remedy") for lang in ("zh", "en")),
        _text("record_keys"),
        sa.Column("found_on", sa.Date, nullable=False),
        sa.Column("presence", sa.Text, nullable=False),
        sa.Column("last_seen_on", sa.Date),
        sa.Column("gone_on", sa.Date),
        sa.Column("state", sa.Text, nullable=False, index=True),
        *(_text(name) for name in ("leader", "responsible", "unit", "plan")),
        sa.Column("deadline", sa.Date),
        *(_text(name) for name in ("accountability", "reason", "decided_by", "decided_at")),
        sa.Column("closed_on", sa.Date),
        sa.Column("settled_records", sa.BigInteger),
        sa.Column("suppressed_until", sa.Date),
        sa.Column("listed_on", sa.Date),
        sa.Column("times_repeated", sa.Integer, nullable=False, server_default="0"),
        sa.Column("repeated_on", sa.Date),
    )


def _proofs_and_clues() -> None:
    op.create_table(
        "proofs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entry_id", sa.Integer, sa.ForeignKey("entries.id"), nullable=False, index=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "by", "reference")),
        sa.Column("sha256", sa.Text),
    )
    op.create_table(
        "clues",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("clue_id", sa.Text, unique=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("received_on", sa.Date),
        sa.Column("agency_id", sa.Text),
        sa.Column("category", sa.Text, nullable=False),
        *(_text(name) for name in ("category_said", "content", "status_said")),
        sa.Column("state", sa.Text, nullable=False),
        *(_text(name) for name in ("handler", "result")),
        sa.Column("concluded_on", sa.Date),
        sa.Column("replied_on", sa.Date),
        sa.Column("is_satisfied", sa.Boolean),
    )
    op.create_table(
        "clue_links",
        sa.Column("clue_id", sa.Integer, sa.ForeignKey("clues.id"), primary_key=True),
        sa.Column("entry_id", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True),
    )


def _the_rest() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
    )
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text, primary_key=True),
        _text("display_name"),
        sa.Column("password_hash", sa.Text),
        sa.Column("role", sa.Text, nullable=False),
        _text("agencies"),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_table(
        "reveals",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "by", "kind", "reason", "reference")),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "history",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "by", "what", "about")),
        sa.Column("subject", sa.Text, nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("old", "new", "reason", "run_id", "previous", "hash")),
    )


def _append_only(*tables: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in tables:
            for event in ("UPDATE", "DELETE"):
                op.execute(_SQLITE.format(table=table, verb=event.lower(), event=event))
        return
    op.execute(_REFUSE)
    for table in tables:
        for statement in _POSTGRES:
            op.execute(statement.format(table=table))
