"""The tables of the ledger database. `migrations` builds them; a test holds the two against each other.

Dates are dates; moments are text (`2026-11-03T10:22:01`, local time): the history is hashed over the very same text on
every database. Money is whole fen. JSON is text for the same reason.
"""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()


def _text(name: str, **more: object) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="", **more)  # type: ignore[arg-type]


ENTRIES = sa.Table(
    "entries",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    # what the scan says
    sa.Column("finding_id", sa.Text, unique=True),
    sa.Column("fingerprint", sa.Text, nullable=False, server_default=""),
    sa.Column("rule", sa.Text, index=True),
    sa.Column("family", sa.Text),
    sa.Column("category", sa.Text),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("severity_rank", sa.Integer, nullable=False),
    sa.Column("force", sa.Text, nullable=False),
    _text("subject_kind"),
    _text("subject_zh"),
    _text("subject_en"),
    sa.Column("agency_id", sa.Text, index=True),
    _text("agency"),
    sa.Column("station_id", sa.Text),
    sa.Column("started_on", sa.Date),
    sa.Column("ended_on", sa.Date),
    sa.Column("record_count", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("amount_fen", sa.BigInteger),
    _text("problem_zh"),
    _text("problem_en"),
    _text("explanation_zh"),
    _text("explanation_en"),
    _text("remedy_zh"),
    _text("remedy_en"),
    _text("record_keys"),
    sa.Column("found_on", sa.Date, nullable=False),
    sa.Column("presence", sa.Text, nullable=False),
    sa.Column("last_seen_on", sa.Date),
    sa.Column("gone_on", sa.Date),
    # what people decided
    sa.Column("state", sa.Text, nullable=False, index=True),
    _text("leader"),
    _text("responsible"),
    _text("unit"),
    _text("plan"),
    sa.Column("deadline", sa.Date),
    _text("accountability"),
    _text("reason"),
    _text("decided_by"),
    _text("decided_at"),
    sa.Column("closed_on", sa.Date),
    sa.Column("settled_records", sa.BigInteger),
    sa.Column("suppressed_until", sa.Date),
    sa.Column("listed_on", sa.Date),
    sa.Column("times_repeated", sa.Integer, nullable=False, server_default="0"),
    sa.Column("repeated_on", sa.Date),
    # what lists are filtered, counted and sorted by: a page is chosen without reading an entry
    sa.Index(
        "entries_listed", "state", "severity_rank", "severity", "agency_id", "presence", "deadline", "listed_on",
        "times_repeated",
    ),
)  # fmt: skip

PROOFS = sa.Table(
    "proofs",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("entry_id", sa.Integer, sa.ForeignKey("entries.id"), nullable=False, index=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text),
)

CLUES = sa.Table(
    "clues",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("clue_id", sa.Text, unique=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("received_on", sa.Date),
    sa.Column("agency_id", sa.Text),
    sa.Column("category", sa.Text, nullable=False),
    _text("category_said"),
    _text("content"),
    _text("status_said"),
    sa.Column("state", sa.Text, nullable=False),
    _text("handler"),
    _text("result"),
    sa.Column("concluded_on", sa.Date),
    sa.Column("replied_on", sa.Date),
    sa.Column("is_satisfied", sa.Boolean),
)

CLUE_LINKS = sa.Table(
    "clue_links",
    METADATA,
    sa.Column("clue_id", sa.Integer, sa.ForeignKey("clues.id"), primary_key=True),
    sa.Column("entry_id", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True),
)

RUNS = sa.Table(
    "runs",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

ACCOUNTS = sa.Table(
    "accounts",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    _text("display_name"),
    sa.Column("password_hash", sa.Text),
    sa.Column("role", sa.Text, nullable=False),
    _text("agencies"),
    sa.Column("active", sa.Boolean, nullable=False),
)

REVEALS = sa.Table(
    "reveals",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
)

SETTINGS = sa.Table(
    "settings",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

HISTORY = sa.Table(
    "history",
    METADATA,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("old", sa.Text, nullable=False),
    sa.Column("new", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

APPEND_ONLY = ("history", "reveals")
"""Tables that refuse UPDATE and DELETE by triggers."""

__all__ = [
    "ACCOUNTS",
    "APPEND_ONLY",
    "CLUES",
    "CLUE_LINKS",
    "ENTRIES",
    "HISTORY",
    "METADATA",
    "PROOFS",
    "REVEALS",
    "RUNS",
    "SETTINGS",
]
