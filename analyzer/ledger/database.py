"""The database behind a ledger: SQLite by default, PostgreSQL by URL; how it is opened, read and written.

Writers are put in a row before they read anything (SQLite: BEGIN IMMEDIATE; PostgreSQL: one advisory lock), because every
line of the history carries the hash of the one before it. Readers never wait.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError

from analyzer.ledger import migrate
from analyzer.model import AnalyzerError, Problem, Text

BUSY_SECONDS = 30
_TRIES = 8
_LOCK = 0x6C_65_64_67_65_72  # "ledger", the key of the advisory lock
_BUSY = ("database is locked", "database table is locked", "database is busy")
_WRITING = "ledger_writing"


@dataclass(frozen=True)
class Writing:
    """One write transaction: its connection, and the moment that it is written down under."""

    con: sa.Connection
    at: str

    @property
    def today(self) -> date:
        """The day of the transaction."""
        return date.fromisoformat(self.at[:10])


class Database:
    """An open ledger database."""

    def __init__(self, engine: sa.Engine, place: str, clock: Callable[[], datetime]) -> None:
        """Take the engine, the name of the place for messages, and the clock. See `open_database`."""
        self.engine, self.place, self._clock = engine, place, clock

    def now(self) -> datetime:
        """The local time of this moment, to the second."""
        return self._clock().replace(microsecond=0, tzinfo=None)

    def today(self) -> date:
        """The local day."""
        return self.now().date()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one state of the database."""
        with self._told(), self.engine.connect() as con:
            if con.dialect.name == "postgresql":
                con.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield con

    @contextmanager
    def write(self) -> Iterator[Writing]:
        """Give a transaction that no other writer can come between; it ends with everything done, or nothing."""
        with self._told(), self.engine.connect().execution_options(**{_WRITING: True}) as con:
            transaction = self._begin(con)
            try:
                yield Writing(con, self.now().isoformat(timespec="seconds"))
            except BaseException:
                transaction.rollback()
                raise
            transaction.commit()

    def _begin(self, con: sa.Connection) -> sa.RootTransaction:
        """Begin; a SQLite file that others hold longer than its patience is tried again."""
        for attempt in range(_TRIES):
            try:
                transaction = con.begin()
                if con.dialect.name == "postgresql":
                    con.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                return transaction
            except OperationalError as error:
                if attempt + 1 == _TRIES or not any(word in str(error.orig) for word in _BUSY):
                    raise
                if con.in_transaction():
                    con.rollback()
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)
        raise AssertionError

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the database says into a problem with place, cause and remedy; its text may hold data."""
        try:
            yield
        except DBAPIError as error:
            raise AnalyzerError(_problem(error, self.place)) from error
        except SQLAlchemyError as error:
            kind = type(error).__name__
            cause = Text(f"台账数据库出错（{kind}）", f"the ledger's database failed ({kind})")
            raise AnalyzerError(Problem(self.place, cause)) from error


def open_database(where: str | Path, *, clock: Callable[[], datetime] | None, create: bool) -> Database:
    """Open the database at a file or URL and bring it to the present form. See `book.open_ledger`."""
    url = url_of(where)
    place = url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    is_file = url.get_backend_name() == "sqlite"
    if is_file:
        _make_room(Path(place), create)
    engine = _engine(url)
    database = Database(engine, place, clock or _local_time)
    try:
        _bring_up_to_date(database, Path(place) if is_file else None)
    except BaseException:
        engine.dispose()
        raise
    return database


def url_of(where: str | Path) -> sa.URL:
    """Return the URL of a ledger given as a file or a URL; raise `AnalyzerError` for one that cannot be used."""
    text = str(where)
    if "://" not in text:
        return sa.URL.create("sqlite", database=str(Path(text).absolute()))
    try:
        url = sa.make_url(text)
    except ArgumentError:
        cause = Text("看不懂这个数据库地址", "this is no database URL")
        remedy = Text(
            "写成 postgresql://用户@主机/库 或一个文件名", "Write postgresql://user@host/database, or a file name"
        )
        raise AnalyzerError(Problem("--ledger", cause, remedy)) from None
    backend = url.get_backend_name()
    if backend == "sqlite":
        return url.set(drivername="sqlite")
    if backend not in ("postgresql", "postgres"):
        cause = Text(f"不支持的数据库 {backend}", f"the database {backend} is not supported")
        raise AnalyzerError(
            Problem("--ledger", cause, Text("可用：SQLite、PostgreSQL", "There are: SQLite, PostgreSQL"))
        )
    if find_spec("psycopg") is None:
        cause = Text("没有安装 PostgreSQL 的驱动 psycopg", "the PostgreSQL driver psycopg is not installed")
        remedy = Text(
            "请安装附加组件：pip install 'offsite-enforcement-analyzer[postgres]'",
            "Install the extra: pip install 'offsite-enforcement-analyzer[postgres]'",
        )
        raise AnalyzerError(Problem(url.render_as_string(hide_password=True), cause, remedy))
    return url.set(drivername="postgresql+psycopg")


def _local_time() -> datetime:
    return datetime.now(ZoneInfo("Asia/Shanghai"))


def _make_room(path: Path, create: bool) -> None:
    if not create and not path.is_file():
        cause = Text("这里还没有台账", "there is no ledger here yet")
        remedy = Text("先运行 analyzer ledger follow", "Run analyzer ledger follow first")
        raise AnalyzerError(Problem(str(path), cause, remedy))
    if path.is_dir():
        raise AnalyzerError(Problem(str(path), Text("这是一个目录，不是文件", "this is a folder, not a file")))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        cause = Text(f"无法在此写入：{error.strerror}", f"cannot write here: {error.strerror}")
        raise AnalyzerError(Problem(str(path), cause)) from None


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    return sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we begin ourselves: the driver would begin too late, before the first write
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(con: sa.Connection) -> None:
    con.exec_driver_sql("BEGIN IMMEDIATE" if con.get_execution_options().get(_WRITING) else "BEGIN")


def _bring_up_to_date(database: Database, path: Path | None) -> None:
    with database.read() as con:
        if migrate.check(con, database.place):
            return
        before = migrate.revision_of(con)
    if path is not None and before is not None:
        migrate.keep_copy(path, before)
    with database.write() as write:
        if not migrate.check(write.con, database.place):  # another process may have been quicker
            migrate.upgrade(write.con)


def _problem(error: DBAPIError, place: str) -> Problem:
    said = str(error.orig).lower()
    if any(word in said for word in _BUSY):
        cause = Text("台账正被别人占用，等了很久", "others kept the ledger busy for too long")
        return Problem(place, cause, Text("请稍后再试", "Try again in a while"))
    if "readonly" in said or "read-only" in said or "unable to open" in said:
        cause = Text("台账文件打不开或不能写入", "the ledger's file cannot be opened or written to")
        return Problem(place, cause, Text("请检查路径和权限", "Check the path and its permissions"))
    if "not a database" in said or "malformed" in said:
        cause = Text("这不是台账文件，或者文件已损坏", "this is no ledger file, or it is damaged")
        return Problem(place, cause, Text("请从备份恢复", "Restore it from a backup"))
    if "append-only" in said:
        return Problem(place, Text("历史只能追加，不能改动", "the history can only be added to"))
    if "disk i/o" in said or "locking protocol" in said:
        cause = Text(
            "文件系统不支持多人使用（可能是网络共享目录）", "the file system cannot be shared (a network folder?)"
        )
        return Problem(place, cause, Text("多人使用请改用 PostgreSQL", "Use PostgreSQL where several people write"))
    if isinstance(error, OperationalError):
        cause = Text("连不上台账数据库，或连接中断", "the ledger's database cannot be reached, or the connection broke")
        return Problem(
            place, cause, Text("请检查数据库地址、服务和口令", "Check the address, the server and the password")
        )
    kind = type(error.orig).__name__
    return Problem(place, Text(f"台账数据库出错（{kind}）", f"the ledger's database failed ({kind})"))


__all__ = ["Database", "Writing", "open_database", "url_of"]
