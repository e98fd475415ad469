"""A store: what is published is shown, a newer run without a restart, and what changed since the one before."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from analyzer.dashboard import source
from analyzer.dashboard.opening import Opened
from analyzer.dashboard.place import STORE
from analyzer.dashboard.source import Place, Source, open_source
from analyzer.dashboard.viewer import Role, Viewer
from analyzer.model import AnalyzerError
from analyzer.store.package import Package
from analyzer.store.places import Store
from tests.dashboard.conftest import Open, words_of


def publish(store: Path, package: Path, run: str, as_of: str) -> Path:
    """Publish a package in a store as a scan leaves it: beside the others, with the pointer as the last step."""
    folder = store / "published" / run
    shutil.copytree(package, folder)
    said = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    (folder / "summary.json").write_text(json.dumps(said | {"as_of": as_of, "run_id": run}), encoding="utf-8")
    (store / "current").write_text(json.dumps({"run": run, "run_no": int(run)}), encoding="utf-8")
    return folder


@pytest.fixture
def store(tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with one published run."""
    root = tmp_path / "store"
    root.mkdir()
    Store(root).make()
    publish(root, package, "1", "2025-12-31")
    monkeypatch.setenv(STORE, str(root))
    return root


@pytest.mark.slow
def test_a_newer_run_is_shown_without_a_restart_and_said(
    open_page: Open, store: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page("overview")
    monkeypatch.setenv(STORE, str(store))
    page.run()
    assert "基准日 2025-12-31" in words_of(page)
    publish(store, package, "2", "2026-01-31")
    page.run()
    assert "基准日 2026-01-31" in words_of(page)
    assert [one.value for one in page.toast] == ["已换成新发布的结果，基准日 2026-01-31"]
    page.run()
    assert not page.toast


@pytest.mark.slow
def test_what_changed_since_the_last_run_is_counted(
    open_page: Open, store: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_lives(publish(store, package, "2", "2026-01-31"))
    page = open_page("overview")
    monkeypatch.setenv(STORE, str(store))
    page.run()
    numbers = {one.label: one.value for one in page.metric}
    total = Package(package).summary["totals"]["findings"]
    assert (numbers["新发现"], numbers["重新出现"], numbers["已消除"]) == ("2", "1", "1")
    assert numbers["仍存在"] == f"{total - 3:,}"
    changes = page.dataframe[0].value
    assert (changes["新发现"].sum(), changes["重新出现"].sum(), changes["已消除"].sum()) == (2, 1, 1)


def give_lives(folder: Path) -> None:
    """Add what a scan adds: the runs, and the life of each finding; one was resolved now, one before."""
    con = duckdb.connect()
    con.execute(f"CREATE VIEW f AS SELECT * FROM read_parquet('{folder.as_posix()}/findings.parquet')")
    life = (
        "SELECT finding_id, rule, CASE WHEN n <= 2 THEN 'new' WHEN n = 3 THEN 'reopened' ELSE 'open' END AS status,"
        " 1 AS first_seen_run, 2 AS last_seen_run, 2 AS since_run, DATE '2026-01-31' AS since, 0 AS times_reopened,"
        " NULL::VARCHAR AS reason, NULL::VARCHAR AS formerly_id"
        " FROM (SELECT *, row_number() OVER (ORDER BY finding_id) AS n FROM f)"
        " UNION ALL SELECT 'gone now', 'PRC-09', 'resolved', 1, 1, 2, DATE '2026-01-31', 0, 'data', NULL"
        " UNION ALL SELECT 'gone before', 'PRC-09', 'resolved', 1, 1, 1, DATE '2025-12-31', 0, 'data', NULL"
    )
    runs = (
        "SELECT r AS run_no, 'r' || r AS run_id, TIMESTAMP '2026-01-31 02:30:00' AS started_at, DATE '2026-01-31' AS as_of,"
        " 0 AS files, 0 AS refused, 0 AS loaded, 0 AS findings, 0 AS new, 0 AS open, 0 AS resolved, 0 AS reopened"
        " FROM range(1, 3) AS t(r)"
    )
    for name, query in (("finding_life", life), ("runs", runs)):
        con.execute(f"COPY ({query}) TO '{folder.as_posix()}/{name}.parquet' (FORMAT parquet)")


def test_a_run_that_is_published_meanwhile_is_followed(
    store: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pointer moves, and the old package goes, between reading the one and opening the other."""
    opened: list[Path] = []
    really = source.open_package

    def meanwhile(folder: Path, secret: Path) -> Opened:
        opened.append(folder)
        if len(opened) == 1:
            publish(store, package, "2", "2026-01-31")
            shutil.rmtree(folder)
        return really(folder, secret)

    monkeypatch.setattr(source, "open_package", meanwhile)
    found = open_source(Place(store=store), Viewer("li", Role.INSPECTOR))
    assert [one.name for one in opened] == ["1", "2"]
    assert found.summary["as_of"] == "2026-01-31"
    assert not found.is_outdated()


def test_what_is_opened_is_the_version_that_was_asked_for(store: Path, package: Path) -> None:
    found = Source(Place(store=store), Place(store=store).version(), "inspector")
    publish(store, package, "2", "2026-01-31")
    assert found.is_outdated()
    assert found.summary["as_of"] == "2025-12-31"


def test_a_package_that_is_damaged_is_told_and_not_tried_for_ever(store: Path) -> None:
    (store / "published" / "1" / "findings.parquet").write_bytes(b"no parquet")
    with pytest.raises(AnalyzerError, match="damaged"):
        open_source(Place(store=store), Viewer("li", Role.INSPECTOR))


@pytest.mark.slow
def test_an_empty_store_says_what_to_do(open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "empty"
    root.mkdir()
    Store(root).make()
    with pytest.raises(AnalyzerError):
        Place(store=root).folder()
    page = open_page("overview")
    monkeypatch.setenv(STORE, str(root))
    page.run()
    assert "analyzer scan" in words_of(page)
