"""The groups of the rectification plan: they add up, and every item says what became of it."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from analyzer.model import Verdict
from analyzer.reports import Figures
from analyzer.reports.figures import Answers, Intake, Lack, Tally
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.plan import PLAN, ItemFigures, PlanFigures, make_plan_figures
from analyzer.reports.wording import Words
from analyzer.store.package import Package

NONE = Tally(None, 0, 0)


def answers(rule: str, *, compliant: int = 0, undecided: int = 0, idle: int = 0) -> Answers:
    counts = dict.fromkeys(Verdict, 0) | {
        Verdict.COMPLIANT: compliant, Verdict.NOT_ASSESSABLE: undecided, Verdict.NOT_APPLICABLE: idle,
    }  # fmt: skip
    return Answers(rule, "cases", counts, compliant + undecided + idle, 0)


@pytest.fixture(scope="module")
def law(package: Package) -> Lawbook:
    return Lawbook.of(package)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("CREATE TABLE findings(finding_id VARCHAR, rule VARCHAR, agency_id VARCHAR)")
        opened.execute(
            "CREATE TABLE finding_records(finding_id VARCHAR, rule VARCHAR, table_name VARCHAR, record_key VARCHAR)"
        )
        yield opened


def planned(
    con: duckdb.DuckDBPyConnection, law: Lawbook, rules: list[Answers], found: list[Tally], lacks: tuple[Lack, ...] = ()
) -> PlanFigures:
    for one in found:
        for number in range(one.total):
            con.execute("INSERT INTO findings VALUES (?, ?, ?)", [f"{one.key}{number}", one.key, f"0{number % 2}"])
            con.execute("INSERT INTO finding_records VALUES (?, ?, 'cases', ?)", [f"{one.key}{number}", one.key, "A1"])
    figures = Figures(
        {}, NONE, 0, (), (), (), tuple(found), (), (), tuple(rules), Intake(0, 0, 0, 0, 0, 0, 0, 0), (), lacks
    )  # fmt: skip
    return make_plan_figures(figures, law, con)


def shared_rule(law: Lawbook) -> tuple[str, list[int]]:
    """A rule that answers items of several groups, and the places of these groups."""
    found: dict[str, list[int]] = {}
    for place, section in enumerate(planned_sections(law)):
        for code in {code for item in section.items for code in item.answered_by}:
            found.setdefault(code, []).append(place)
    return next((code, places) for code, places in sorted(found.items()) if len(places) > 1)


def planned_sections(law: Lawbook):
    from analyzer.rulebook.coverage import load_coverage

    library = law.library
    return load_coverage(library.folders[0], library.laws, library.rules).documents[PLAN]


def test_a_rule_of_several_groups_is_counted_once(con: duckdb.DuckDBPyConnection, law: Lawbook) -> None:
    code, places = shared_rule(law)
    plan = planned(con, law, [answers(code), answers("TST-01")], [Tally(code, 3, 1), Tally("TST-01", 1, 0)])
    assert [number for number, group in enumerate(plan.groups) if group.tally.total] == [
        places[0],
        len(plan.groups) - 1,
    ]
    assert sum(group.tally.total for group in plan.groups) == 5
    group = plan.group_of(code)
    assert group is not None and (group.tally.breach, group.tally.review, group.records, group.agencies) == (3, 1, 1, 2)
    last = plan.groups[-1]
    assert last.title is None and last.said(Words("zh")) == "整治方案未单列"
    for place in places:
        items = [item for item in plan.groups[place].items if code in item.rules]
        assert items and all(item.state == "found" and item.tally.total == 4 for item in items)


def state(con: duckdb.DuckDBPyConnection, law: Lawbook, one: Answers, lacks: tuple[Lack, ...] = ()) -> ItemFigures:
    plan = planned(con, law, [one], [], lacks)
    return next(item for group in plan.groups for item in group.items if item.rules == (one.rule,))


def test_silence_is_never_a_pass(con: duckdb.DuckDBPyConnection, law: Lawbook) -> None:
    code = next(
        item.answered_by[0] for section in planned_sections(law) for item in section.items if len(item.answered_by) == 1
    )
    assert state(con, law, answers(code, compliant=5)).state == "clear"
    partly = state(con, law, answers(code, compliant=5, undecided=2))
    assert (partly.state, partly.undecided) == ("partly", 2)
    assert state(con, law, answers(code, undecided=2)).state == "undecided"
    assert state(con, law, answers(code), (Lack(code, "table:cases", 0),)).state == "undecided"
    assert state(con, law, answers(code, idle=7)).state == "idle"


def test_what_no_record_can_show_is_for_people(con: duckdb.DuckDBPyConnection, law: Lawbook) -> None:
    plan = planned(con, law, [], [])
    items = [item for group in plan.groups for item in group.items]
    assert {item.state for item in items if not item.item.answered_by} == {"people"}
    assert {item.state for item in items if item.item.answered_by} == {"undecided"}, (
        "a rule that was not asked said nothing"
    )


def test_groups_are_called_without_their_number(con: duckdb.DuckDBPyConnection, law: Lawbook) -> None:
    plan = planned(con, law, [], [])
    assert [group.said(Words("zh")) for group in plan.groups[:6]] == [
        "逐利执法", "执法不规范", "执法方式简单僵化", "执法粗暴", "执法“寻租”", "其他",
    ]  # fmt: skip
    assert plan.groups[0].said(Words("en")) == "Enforcement for profit"
