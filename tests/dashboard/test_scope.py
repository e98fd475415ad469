"""Agencies see their own records only: every table, every figure, whatever a page asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.dashboard.opening import Opened, open_package, scope_name
from analyzer.dashboard.source import Place, Source, open_source
from analyzer.dashboard.viewer import Role, Viewer
from analyzer.model import Verdict
from tests.dashboard.conftest import Open, cells_of, words_of

OWN = "JG02"


@pytest.fixture
def whole(package: Path) -> Source:
    return open_source(Place(package=package), Viewer("wang", Role.ADMINISTRATOR))


@pytest.fixture
def limited(package: Path) -> Source:
    return open_source(Place(package=package), Viewer("li", Role.INSPECTOR, frozenset({OWN})))


def test_findings_and_their_records_are_the_agency_s(whole: Source, limited: Source) -> None:
    own = whole.one("SELECT count(*) FROM findings WHERE agency_id = ?", [OWN])[0]
    assert 0 < own < whole.one("SELECT count(*) FROM findings")[0]
    assert limited.one("SELECT count(*) FROM findings")[0] == own
    assert limited.rows("SELECT DISTINCT agency_id FROM findings") == [(OWN,)]
    outside = limited.one(
        "SELECT count(*) FROM finding_records WHERE finding_id NOT IN (SELECT finding_id FROM findings)"
    )
    assert outside == (0,)


def test_figures_count_nothing_of_others(whole: Source, limited: Source) -> None:
    figures = limited.figures()
    assert figures.findings.total == limited.one("SELECT count(*) FROM findings")[0]
    assert {one.key for one in figures.by_agency} == {OWN}
    assert sum(one.findings for one in figures.answers) == figures.findings.total
    assert figures.answered(Verdict.COMPLIANT) == 0
    assert figures.lacks == ()
    assert figures.accounts == ()
    assert whole.figures().findings.total > figures.findings.total


@pytest.fixture(scope="module")
def opened(package: Path) -> Opened:
    """The package, opened as the pages do."""
    return open_package(package, package)


def test_no_table_shows_a_row_of_another_agency(opened: Opened) -> None:
    opened.limit([OWN])
    cursor = opened.con.cursor()
    cursor.execute(f"SET search_path = '{scope_name([OWN])},main'")
    for table in opened.tables:
        columns = {row[0] for row in cursor.execute(f'DESCRIBE SELECT * FROM "{table}"').fetchall()}
        seen = cursor.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        if "agency_id" in columns and table not in ("records_notices", "records_appeals"):
            others = cursor.execute(f'SELECT count(*) FROM "{table}" WHERE agency_id <> ?', [OWN]).fetchone()[0]
            assert others == 0, table
        if table in ("inputs", "issues", "history", "not_assessable"):
            assert seen == 0, table
    detections = cursor.execute(
        "SELECT count(*) FROM records_detections AS d JOIN main.records_stations AS s ON s.station_id = d.station_id"
        " WHERE s.agency_id <> ?",
        [OWN],
    ).fetchone()
    assert detections == (0,)


@pytest.mark.slow
def test_a_table_that_nobody_thought_of_is_hidden(package: Path) -> None:
    opened = open_package(package, package)
    opened.con.execute("CREATE TABLE main.something_new AS SELECT 1 AS of_everybody")
    opened.limit([OWN])
    cursor = opened.con.cursor()
    cursor.execute(f"SET search_path = '{scope_name([OWN])},main'")
    assert cursor.execute("SELECT count(*) FROM something_new").fetchone() == (0,)


def test_answers_of_one_scope_are_not_given_to_another(whole: Source, limited: Source) -> None:
    sql = "SELECT count(*) FROM records_cases"
    first = whole.one(sql)[0]
    assert limited.one(sql)[0] < first
    assert whole.one(sql)[0] == first


@pytest.mark.slow
def test_pages_of_a_limited_viewer(open_page: Open, monkeypatch: pytest.MonkeyPatch, limited: Source) -> None:
    viewer = Viewer("li", Role.INSPECTOR, frozenset({OWN}), signed_in=True)
    monkeypatch.setattr("analyzer.dashboard.frame.enter", lambda words: viewer)
    page = open_page("overview", part="list")
    own = limited.one("SELECT count(*) FROM findings")[0]
    assert f"共 {own} 个问题" in words_of(page)
    assert "JG01" not in cells_of(page)
    assert "只显示您可看的机构" in words_of(page)
    assert "全部机构" in words_of(open_page("overview", part="coverage"))
    assert "全部机构" in words_of(open_page("rules", rule="PRC-09", part="trial"))


@pytest.mark.slow
def test_a_finding_of_another_agency_is_not_there(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, whole: Source
) -> None:
    address = whole.one(
        "SELECT n.address FROM numbered AS n JOIN findings AS f ON f.finding_id = n.finding_id WHERE f.agency_id <> ?",
        [OWN],
    )[0]
    viewer = Viewer("li", Role.INSPECTOR, frozenset({OWN}), signed_in=True)
    monkeypatch.setattr("analyzer.dashboard.frame.enter", lambda words: viewer)
    assert "没有这个问题" in words_of(open_page("finding", f=address))


def test_addresses_are_the_same_in_sql_and_python_and_stay(opened: Opened, package: Path) -> None:
    first, again = opened, open_package(package, package)
    text = "豫M12345|yellow"
    assert first.con.execute("SELECT keyed(?)", [text]).fetchone() == (first.keyed(text),)
    assert first.keyed(text) == again.keyed(text)
    assert first.keyed(text) != first.keyed("豫M12346|yellow")


def test_a_part_of_a_page_asks_again_who_looks(open_page: Open, monkeypatch: pytest.MonkeyPatch, whole: Source) -> None:
    first = Viewer("li", Role.INSPECTOR, signed_in=True)
    then = Viewer("li", Role.INSPECTOR, frozenset({"JG01"}), signed_in=True)
    came: list[Viewer] = []

    def enter(_words: object) -> Viewer:
        came.append(then if came else first)
        return came[-1]

    monkeypatch.setattr("analyzer.dashboard.frame.enter", enter)
    page = open_page("agency", agency=OWN)
    assert came[1:] == [then] * len(came[1:])
    assert "没有这个机构" in words_of(page) or "这个机构没有问题" in words_of(page)
    assert f"共 {whole.one('SELECT count(*) FROM findings WHERE agency_id = ?', [OWN])[0]} 个问题" not in words_of(page)
