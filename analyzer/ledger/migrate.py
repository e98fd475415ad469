"""Bring a ledger database to the form that this program knows, in one transaction, with a copy of the old one beside it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlalchemy as sa

from analyzer.model import AnalyzerError, Problem, Text

HEAD = "m0002"
"""The last step in `migrations/versions`; a test holds it against alembic's own answer."""

STEPS = ("m0001", "m0002")
"""All steps in order. A database at a step that is not here was made by a newer program."""


def revision_of(con: sa.Connection) -> str | None:
    """Return the step that a database is at, None for an empty one."""
    if not sa.inspect(con).has_table("alembic_version"):
        return None
    return con.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def check(con: sa.Connection, place: str) -> bool:
    """Whether the database is up to date. Raises `AnalyzerError` when it is a newer program's or something else's."""
    at = revision_of(con)
    if at == HEAD:
        return True
    if at is not None and at not in STEPS:
        cause = Text(
            f"台账由更新版本的程序建立（{at}），本程序只认识到 {HEAD}",
            f"the ledger was made by a newer program ({at}); this one knows up to {HEAD}",
        )
        remedy = Text("请升级程序；台账未作任何改动", "Upgrade the program; the ledger was not touched")
        raise AnalyzerError(Problem(place, cause, remedy))
    if at is None and sa.inspect(con).get_table_names():
        cause = Text("这个数据库里有别的表，不是台账", "this database holds other tables and is no ledger")
        raise AnalyzerError(Problem(place, cause, Text("请换一个空的数据库", "Choose an empty database")))
    return False


def upgrade(con: sa.Connection) -> None:
    """Run the steps that are missing, in the transaction of `con`."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = con
    command.upgrade(config, "head")


def keep_copy(path: Path, revision: str) -> Path:
    """Copy a SQLite ledger beside itself before it is changed, and return the copy."""
    copy = path.with_name(f"{path.name}.before-{HEAD}-from-{revision}")
    source = sqlite3.connect(path)
    try:
        target = sqlite3.connect(copy)
        try:
            source.backup(target)
        finally:
            target.close()
    finally:
        source.close()
    return copy


__all__ = ["HEAD", "STEPS", "check", "keep_copy", "revision_of", "upgrade"]
