"""The five statistical tables: rates with their denominators, what is unknown, and what was not supplied."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import duckdb
import pytest

from analyzer.reports.bureau_tables import Records, case_files, case_register, complaints, officers, problems
from analyzer.reports.figure_table import FigureTable
from analyzer.reports.figures import Tally
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.plan import GroupFigures, PlanFigures
from analyzer.reports.problem_states import ProblemStates
from analyzer.reports.wording import Words
from analyzer.store.package import Package

WORDS = Words("zh")


@pytest.fixture(scope="module")
def law(package: Package) -> Lawbook:
    return Lawbook.of(package)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def records(con: duckdb.DuckDBPyConnection, law: Lawbook, **tables: str) -> Records:
    """Tables given as `VALUES` with their columns; the last column is the list of what is unknown."""
    columns = {}
    for name, text in tables.items():
        heads, rows = text.split("\n", 1)
        con.execute(f"CREATE TABLE records_{name} AS SELECT * FROM (VALUES {rows}) AS t({heads}, _unknown)")
        columns[name] = frozenset(one.strip() for one in heads.split(","))
    return Records(con, tuple(tables), columns, law, WORDS, {"01": "甲支队（01）"})


def row_of(table: FigureTable, *names: str) -> dict[str, object]:
    found = next(row for row in table.rows if row[: len(names)] == names)
    return dict(zip(table.head, found, strict=True))


APPEALS = """kind, received_on, concluded_on, replied_on, is_satisfied
('complaint', DATE '2024-01-05', DATE '2024-02-01', DATE '2024-02-02', TRUE, []::VARCHAR[]),
('complaint', DATE '2024-03-05', DATE '2024-04-01', NULL, FALSE, []),
('complaint', DATE '2024-05-05', NULL, NULL, NULL, []),
('complaint', DATE '2024-06-05', NULL, NULL, NULL, ['concluded_on']),
('reconsideration', DATE '2023-06-05', DATE '2023-07-01', NULL, NULL, ['replied_on', 'is_satisfied'])"""


def test_rates_have_their_own_denominators_and_leave_out_what_is_unknown(
    con: duckdb.DuckDBPyConnection, law: Lawbook
) -> None:
    table = complaints(records(con, law, appeals=APPEALS))
    row = row_of(table, "投诉举报", "2024")
    assert (row["受理"], row["办结"], row["办结率"]) == (4, 2, 2 / 3), "one of four cannot be read"
    assert (row["已反馈"], row["反馈率"]) == (1, 0.5), "answered of those concluded"
    assert (row["已评价"], row["满意"], row["满意率"]) == (2, 1, 0.5)
    other = row_of(table, "行政复议", "2023")
    assert (other["办结率"], other["反馈率"], other["满意率"]) == (1.0, None, None), "unknown is no nought"
    assert "有 2 件的办结或者反馈情况读不出或者未提供，未计入相应的分母。" in table.notes
    assert row_of(table, "合计", "合计")["受理"] == 5


def test_a_hundred_percent_everywhere_is_a_lead(con: duckdb.DuckDBPyConnection, law: Lawbook) -> None:
    perfect = APPEALS.split("\n", maxsplit=1)[0] + "\n" + APPEALS.split("\n")[1].rstrip(",")
    assert any("抽查" in note for note in complaints(records(con, law, appeals=perfect)).notes)


def test_clues_are_counted_by_source_without_rates(con: duckdb.DuckDBPyConnection, law: Lawbook) -> None:
    clues = "source, received_on\n('12328', DATE '2024-01-01', []::VARCHAR[]), ('12328', DATE '2024-02-01', []), (NULL, NULL, [])"
    table = complaints(records(con, law, clues=clues))
    assert row_of(table, "线索：12328热线", "2024")["受理"] == 2
    assert row_of(table, "线索：未注明", "未注明")["办结率"] is None
    assert "未提供“诉求”表。" in table.notes


def test_case_files_by_kind_and_year(con: duckdb.DuckDBPyConnection, law: Lawbook) -> None:
    cases = """filed_on, procedure, penalty_type, status
(DATE '2023-01-05', 'ordinary', 'fine', 'closed', []::VARCHAR[]), (DATE '2024-01-05', 'ordinary', 'warning', 'open', []),
(DATE '2024-02-05', 'summary', 'fine', 'closed', []), (NULL, 'ordinary', 'fine', 'closed', [])"""
    permits = "permit_no\n('P1', []::VARCHAR[])"
    table = case_files(records(con, law, cases=cases, permits=permits))
    assert table.head == ("种类", "2023", "2024", "未注明", "合计")
    whole = row_of(table, "行政处罚（案件）")
    assert list(whole.values())[1:] == [1, 2, 1, 4]
    assert row_of(table, "　其中：简易程序")["合计"] == 1
    assert list(row_of(table, "行政许可（超限运输）").values())[1:] == [0, 0, 1, 1], "no date of permits was supplied"
    assert row_of(table, "行政强制（扣押）")["合计"] is None, "no detentions were supplied: not nought"
    assert row_of(table, "行政确认")["合计"] is None
    assert "未提供“扣押”表。" in table.notes
    assert any(note.startswith("“超限运输许可”未提供") for note in table.notes)


def test_early_years_are_put_together(con: duckdb.DuckDBPyConnection, law: Lawbook) -> None:
    cases = "filed_on\n" + ", ".join(f"(DATE '{year}-01-01', []::VARCHAR[])" for year in range(2010, 2021))
    table = case_files(records(con, law, cases=cases))
    assert table.head[1:3] == ("2013年以前", "2013")
    assert row_of(table, "行政处罚（案件）")["2013年以前"] == 3
    assert row_of(table, "行政处罚（案件）")["合计"] == 11


def test_the_register_of_officers_asks_certificates_of_officers_only(
    con: duckdb.DuckDBPyConnection, law: Lawbook
) -> None:
    people = """officer_id, name, agency_id, kind, certificate_no, certificate_from, certificate_until
('1', '甲', '01', 'officer', 'Z1', DATE '2020-01-01', DATE '2024-12-31', []::VARCHAR[]),
('2', '乙', '01', 'officer', 'Z1', DATE '2020-01-01', DATE '2024-12-30', []),
('3', '丙', '01', 'auxiliary', NULL, NULL, NULL, []),
('4', NULL, '02', NULL, NULL, NULL, NULL, [])"""
    table = officers(records(con, law, officers=people))
    assert law.setting.as_of == date(2024, 12, 31)
    row = row_of(table, "甲支队（01）")
    assert (row["人数"], row["执法人员"], row["辅助人员"], row["要素齐全"], row["齐全率"]) == (3, 2, 1, 2, 1.0)
    assert row["证件过期"] == 1, "valid on its last day"
    assert row["证号重复"] == 2
    assert row_of(table, "02")["齐全率"] is None
    assert row_of(table, "合计")["人数"] == 4


def test_the_register_of_files_tells_blank_from_unknown(con: duckdb.DuckDBPyConnection, law: Lawbook) -> None:
    names = (
        "record_id, party_name, plate_no, agency_id, filed_on, officer1_id, officer2_id, legal_basis, prior_notice_on,"
        " decision_no, penalty_type, fine_yuan, discretion_level, served_on, service_method, recording_no, closed_on,"
        " decided_on, procedure, enforcement_mode, status"
    )

    def case(decision_no: str, unknown: str, decided: str = "DATE '2024-03-01'") -> str:
        return (
            f"('R1', '张三', '豫M1', '01', DATE '2024-01-01', 'A', NULL, '公路法', NULL::DATE, {decision_no}, 'fine', 500,"
            f" NULL, NULL::DATE, NULL, NULL, NULL::DATE, {decided}, 'ordinary', 'non_site', 'closed', {unknown})"
        )

    kinds = (("'N1'", "[]::VARCHAR[]"), ("NULL", "[]"), ("NULL", "['decision_no']"), ("NULL", "[]", "NULL"))
    rows = ", ".join(case(*kind) for kind in kinds)
    table = case_register(records(con, law, cases=f"{names}\n{rows}"))
    row = row_of(table, "决定书文号")
    assert (row["应有"], row["已填"], row["空白"], row["不明"], row["齐全率"]) == (3, 1, 1, 1, 0.5)
    assert row_of(table, "结案日期")["应有"] == 4, "closed cases, decided or not"


def test_problems_by_group_with_and_without_a_ledger() -> None:
    groups = tuple(GroupFigures(None, (code,), Tally(None, 2, 1), 3, 1, ()) for code in ("AAA-01", "AAA-02"))
    plan = PlanFigures(groups, SimpleNamespace())  # type: ignore[arg-type]
    table = problems(WORDS, plan, None)
    assert table.rows[-1][:4] == ("合计", 6, 4, 2)
    assert set(table.rows[0][5:]) == {None}
    assert any("没有接入" in note for note in table.notes)
    states = ProblemStates(
        date(2024, 1, 1), {}, {"AAA-01": (1, 0, 0, 1, 1, 0, 0, 0, 1), None: (1, 0, 0, 0, 0, 0, 0, 0, 0)}
    )
    table = problems(WORDS, plan, states)
    assert table.rows[0][5:] == (1, 0, 0, 1, 1, 0, 0, 0, 1)
    assert table.rows[1][5:] == (0,) * 9
    assert table.rows[-1][5] == 2, "problems entered by hand are in the total"
