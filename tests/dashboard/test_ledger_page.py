"""The ledger: findings as work, one decision for one or many, conflicts told, and who may do what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analyzer.dashboard import gate
from analyzer.dashboard.parts.acting import ACTIONS, MAKERS
from analyzer.dashboard.viewer import Role, Viewer
from analyzer.ledger import Confirm, Filter, State, open_ledger
from analyzer.ledger.states import TRANSITIONS
from tests.dashboard.conftest import Open, cells_of, press, words_of

FIRST = "2026-0001"


@pytest.fixture
def first(ledger_file: Path) -> str:
    """The number of the first entry."""
    with open_ledger(ledger_file) as ledger:
        return ledger.entries(size=1, order="number").entries[0].number


def sign_in(monkeypatch: pytest.MonkeyPatch, role: Role, agencies: frozenset[str] | None = None) -> None:
    """Let somebody of a role come in."""
    viewer = Viewer("wang", role, agencies, signed_in=True)
    monkeypatch.setattr("analyzer.dashboard.frame.enter", lambda words: viewer)


@pytest.mark.slow
def test_a_package_alone_has_no_ledger(open_page: Open) -> None:
    assert "这里没有台账" in words_of(open_page("ledger"))


@pytest.mark.slow
def test_the_list_counts_and_filters(open_page: Open, ledger_file: Path) -> None:
    with open_ledger(ledger_file) as ledger:
        total, critical = ledger.entries().total, ledger.entries(Filter(severities=("critical",))).total
    page = open_page("ledger")
    assert {one.label: one.value for one in page.metric}["待核查"] == f"{total:,}"
    assert f"共 {critical} 个问题" in words_of(open_page("ledger", severity="critical"))
    assert "没有符合条件的条目" in words_of(open_page("ledger", flag="overdue"))


def test_a_decision_is_in_the_ledger_at_once_and_in_its_history(open_page: Open, ledger_file: Path, first: str) -> None:
    page = open_page("ledger", entry=first)
    page.text_area[0].set_value("现场核对过")
    press(page, "认定属实（1 条）")
    assert "已完成：认定属实" in words_of(page)
    with open_ledger(ledger_file) as ledger:
        entry = ledger.entry(first)
    assert (entry.state, entry.reason) == (State.CONFIRMED, "现场核对过")
    assert "现场核对过" in cells_of(page)


@pytest.mark.slow
def test_a_conflict_is_told_and_nothing_is_undone(open_page: Open, ledger_file: Path, first: str) -> None:
    page = open_page("ledger", entry=first)
    page.selectbox(key=f"entry.{first}.action").set_value("reject").run()
    page.text_area[0].set_value("照片齐全")
    with open_ledger(ledger_file) as ledger:
        ledger.act(first, Confirm("另一人认定"), by="li")
    stale = next(one for one in page.button if "认定不属实" in one.label)
    stale.click().run()
    with open_ledger(ledger_file) as ledger:
        assert ledger.entry(first).state is State.CONFIRMED
    assert "没有办理" in words_of(page)
    assert "li" in words_of(page)


@pytest.mark.slow
def test_what_needs_a_reason_does_not_go_without(open_page: Open, ledger_file: Path, first: str) -> None:
    page = open_page("ledger", entry=first)
    page.selectbox(key=f"entry.{first}.action").set_value("reject").run()
    press(page, "认定不属实（1 条）")
    assert "请写明理由" in words_of(page)
    with open_ledger(ledger_file) as ledger:
        assert ledger.entry(first).state is State.PENDING


@pytest.mark.slow
def test_a_viewer_only_looks(open_page: Open, first: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(monkeypatch, Role.VIEWER)
    page = open_page("ledger", entry=first)
    assert "只能查看" in words_of(page)
    assert not [one for one in page.button if "认定" in one.label]
    assert "上传审核" not in words_of(open_page("upload"))


@pytest.mark.slow
def test_an_agency_sees_its_own_entries_only(
    open_page: Open, ledger_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_ledger(ledger_file) as ledger:
        every = ledger.every()
        own = ledger.entries(Filter(agencies=("JG02",))).total
        other = next(one.number for one in every if one.agency_id not in (None, "JG02"))
    sign_in(monkeypatch, Role.INSPECTOR, frozenset({"JG02"}))
    page = open_page("ledger")
    assert f"共 {own} 个问题" in words_of(page)
    assert {one.label: one.value for one in page.metric}["待核查"] == f"{own:,}"
    assert "不在您可看的机构范围内" in words_of(open_page("ledger", entry=other))


def test_every_action_of_the_ledger_is_offered_somewhere() -> None:
    assert set(ACTIONS) == set(MAKERS)
    assert set(ACTIONS) <= set(TRANSITIONS)


def test_personal_data_is_shown_for_a_reason_that_is_written_down(
    open_page: Open, ledger_file: Path, package: Path
) -> None:
    address, plate = a_finding_with_a_plate(open_page, package)
    page = open_page("finding", f=address)
    assert plate not in everything(page)
    press(page, "记录并显示")
    assert "请写明理由" in words_of(page)
    page.text_area[0].set_value("核对当事人申诉")
    press(page, "记录并显示")
    assert plate in everything(page)
    with open_ledger(ledger_file) as ledger:
        reveals = ledger.reveals()
    assert [(one.kind, one.reason) for one in reveals] == [("finding", "核对当事人申诉")]
    assert plate not in str(reveals)


def a_finding_with_a_plate(open_page: Open, package: Path) -> tuple[str, str]:
    """The address of a finding about a vehicle, and its plate."""
    from analyzer.dashboard.opening import open_package

    con = open_package(package, package).con
    found = con.execute(
        "SELECT n.address, f.subject_id FROM findings AS f JOIN numbered AS n ON n.finding_id = f.finding_id"
        " WHERE f.subject_kind = 'vehicle' AND f.subject_id LIKE '%|%' ORDER BY n.number LIMIT 1"
    ).fetchone()
    assert re.fullmatch(r"[0-9a-f]{20}", found[0])
    return found[0], found[1].split("|")[0]


def everything(page: AppTest) -> str:
    """All words and cells."""
    return words_of(page) + cells_of(page)


def test_the_gate_lets_the_person_at_the_pc_in(monkeypatch: pytest.MonkeyPatch) -> None:
    from analyzer.dashboard.page import ScreenWords

    monkeypatch.delenv("ANALYZER_DASHBOARD", raising=False)
    viewer = gate.enter(ScreenWords("zh"))
    assert (viewer.role, viewer.agencies, viewer.signed_in) == (Role.ADMINISTRATOR, None, False)
