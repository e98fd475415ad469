"""The running numbers of a year: 2026-0007 for problems, XS2026-0003 for clues."""

from __future__ import annotations

import sqlalchemy as sa

from analyzer.ledger.database import Writing


def next_number(write: Writing, table: sa.Table, prefix: str = "") -> int:
    """Return the next running number of this year in a table whose rows are never removed."""
    start = f"{prefix}{write.today.year}-"
    query = sa.select(sa.func.count()).select_from(table).where(table.c.number.startswith(start, autoescape=True))
    return int(write.con.execute(query).scalar() or 0) + 1


def numbered(write: Writing, running: int, prefix: str = "") -> str:
    """Return a number as people read it: 2026-0007."""
    return f"{prefix}{write.today.year}-{running:04d}"


__all__ = ["next_number", "numbered"]
