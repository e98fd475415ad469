"""Where a ledger may be, how it is brought up to date, and what is said when it cannot be opened."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from analyzer.ledger import Filter, Ledger, Note, Presence, database, migrate, open_ledger, reading
from analyzer.ledger.tables import ENTRIES, METADATA
from analyzer.model import AnalyzerError
from tests.ledger.conftest import Scans, make_found


def test_the_steps_build_the_tables_that_the_program_uses(path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as con:
        assert compare_metadata(MigrationContext.configure(con), METADATA) == []
    engine.dispose()


def test_the_last_step_is_the_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_current_head() == migrate.HEAD
    assert [one.revision for one in reversed(list(scripts.walk_revisions()))] == list(migrate.STEPS)


def test_a_newer_ledger_is_left_alone(path: Path) -> None:
    con = sqlite3.connect(path)
    con.execute("UPDATE alembic_version SET version_num = 'm9999'")
    con.commit()
    con.close()
    before = path.read_bytes()
    with pytest.raises(AnalyzerError) as error:
        open_ledger(path)
    assert "更新版本的程序" in error.value.say("zh")
    assert path.read_bytes() == before


def test_an_older_ledger_is_copied_before_it_is_changed(path: Path, scan: Scans, ledger: Ledger) -> None:
    scan(make_found("a"))
    ledger.close()
    old = sqlite3.connect(path)
    old.execute("DROP INDEX entries_listed")
    old.execute("UPDATE alembic_version SET version_num = 'm0001'")
    old.commit()
    old.close()
    with open_ledger(path) as opened:
        assert len(opened.every()) == 1
    new = sqlite3.connect(path)
    assert new.execute("SELECT version_num FROM alembic_version").fetchone() == (migrate.HEAD,)
    assert new.execute("SELECT count(*) FROM sqlite_master WHERE name = 'entries_listed'").fetchone() == (1,)
    new.close()
    copies = list(path.parent.glob("ledger.sqlite.before-*"))
    assert len(copies) == 1
    con = sqlite3.connect(copies[0])
    assert con.execute("SELECT version_num FROM alembic_version").fetchone() == ("m0001",)
    assert con.execute("SELECT count(*) FROM entries").fetchone() == (1,)
    con.close()


def test_a_database_of_something_else(tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    con = sqlite3.connect(other)
    con.execute("CREATE TABLE mine (a)")
    con.close()
    with pytest.raises(AnalyzerError, match="no ledger"):
        open_ledger(other)
    text = tmp_path / "text.sqlite"
    text.write_text("this is not a database at all" * 100)
    with pytest.raises(AnalyzerError, match="no ledger file"):
        open_ledger(text)
    with pytest.raises(AnalyzerError, match="a folder"):
        open_ledger(tmp_path)
    with pytest.raises(AnalyzerError, match="no ledger here yet"):
        open_ledger(tmp_path / "none.sqlite", create=False)


def test_a_missing_driver_names_the_extra_and_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "find_spec", lambda name: None)
    with pytest.raises(AnalyzerError) as error:
        open_ledger("postgresql://ledger:geheim@db/ledger")
    said = error.value.say("zh")
    assert "offsite-enforcement-analyzer[postgres]" in said
    assert "geheim" not in said


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql//x", "://"])
def test_other_urls(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if "://" in url:
        with pytest.raises(AnalyzerError):
            database.url_of(url)
    else:
        assert database.url_of(url).get_backend_name() == "sqlite"


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError) as error:
        open_ledger("postgresql://ledger:geheim@127.0.0.1:1/ledger")
    assert "连不上台账数据库" in error.value.say("zh")
    assert "geheim" not in error.value.say("zh")


def test_a_busy_file_is_told(path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    monkeypatch.setattr(database, "_TRIES", 2)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with open_ledger(path) as other:
        assert other.every() == (), "readers do not wait"
        with pytest.raises(AnalyzerError, match="busy for too long"):
            other.set("second_person", "true", by="li")
    holder.close()


def test_settings(ledger: Ledger) -> None:
    assert ledger.settings() == {"second_person": False, "report_day": 23}
    ledger.set("report_day", "20", by="li", reason="市局要求")
    assert ledger.settings()["report_day"] == 20
    for name, value in (("report_day", "31"), ("second_person", "maybe"), ("reference_key", "x"), ("colour", "red")):
        with pytest.raises(AnalyzerError):
            ledger.set(name, value, by="li")
    assert [line.new for line in ledger.history("report_day")] == [{"report_day": 20}]


def test_a_page_is_chosen_without_reading_an_entry(ledger: Ledger) -> None:
    """Entries are long; a million of them are not read to show fifty."""
    today = date(2026, 1, 31)
    which = Filter(severities=("high",), presence=Presence.PRESENT, overdue=True, repeated=True)
    for one in (Filter(), which):
        query = (
            sa.select(ENTRIES.c.id).where(*reading.conditions(one, today)).order_by(*reading._order("urgent", today))
        )
        with ledger._db.read() as con:
            plan = con.execute(
                sa.text(f"EXPLAIN QUERY PLAN {query.compile(con, compile_kwargs={'literal_binds': True})}")
            )
            assert "COVERING INDEX entries_listed" in " ".join(row[-1] for row in plan)


def test_the_head_changes_with_everything(ledger: Ledger, scan: Scans) -> None:
    seen = [ledger.head()]
    scan(make_found("a"))
    seen.append(ledger.head())
    ledger.act(ledger.every()[0].number, Note("seen"), by="li")
    seen.append(ledger.head())
    assert len(set(seen)) == 3
    assert ledger.head() == seen[-1]
