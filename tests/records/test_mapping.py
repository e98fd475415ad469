"""Mapping files bring exports that are not ours to the canonical tables, and say where they are wrong."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from analyzer.model import AnalyzerError
from analyzer.model.mapping import FileMapping
from analyzer.rulebook.mapping import load_mappings

from .exports import take, vocabulary, write

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "road_fines_italy"
LETTERS = """
files:
  - match: "letters*.csv"
    table: notices
    columns: {Letter number: notice_id, Fine number: record_id, Kind of letter: kind, Sent: issued_at, Received: delivered_at}
    values: {kind: {First letter: violation_notice, Credit collection: demand}}
    constants: {agency_id: "A1"}
    formats: {issued_at: "%d/%m/%Y", delivered_at: "%d/%m/%Y"}
    ignore: [Officer]
"""
FINES = """
  - match: fines.csv
    table: detections
    columns: {Fine number: record_id, Date of offence: detected_at}
    formats: {detected_at: "%d/%m/%Y"}
  - match: payments.csv
    table: payments
    columns: {Payment number: payment_id, Fine number: case_id, Paid on: paid_on, Amount (EUR): amount_yuan}
    formats: {paid_on: "%d/%m/%Y"}
"""


def mappings(tmp_path: Path, text: str) -> list[FileMapping]:
    return load_mappings([write(tmp_path / "map.yml", text)], vocabulary())


def test_a_mapping_names_columns_values_constants_and_formats(tmp_path: Path) -> None:
    file = write(
        tmp_path / "letters1.csv",
        "Letter number;Fine number;Kind of letter;Sent;Received;Officer;Colour\n"
        "L1;F1;First letter;05/12/2006;;7;red\nL2;F1; Credit collection ;06/12/2006;2006-12-07;7;red\nL3;F2;Fax;31/13/2006;;7;red\n",
    )
    taken = take(file, mappings=mappings(tmp_path, LETTERS))
    assert taken.rows("notices", "notice_id", "kind", "issued_at", "delivered_at", "agency_id") == [
        ("L1", "violation_notice", datetime(2006, 12, 5), None, "A1"),
        ("L2", "demand", datetime(2006, 12, 6), datetime(2006, 12, 7), "A1"),
        ("L3", None, None, None, "A1"),
    ]
    assert taken.is_unknown("notices", "agency_id") == [False] * 3
    assert [issue["column"] for issue in taken.issues()] == ["Colour", "Kind of letter", "Sent"]


def test_what_a_mapping_does_not_mention_is_read_as_usual(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "单号,立案日期\nA1,2024-01-01\n")
    taken = take(file, mappings=[FileMapping(match="*.csv", columns={"单号": "case_id"})])
    assert taken.rows("cases", "case_id", "filed_on") == [("A1", date(2024, 1, 1))]


def test_the_first_entry_that_fits_decides(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "单号,金额\nA1,5\n")
    first = FileMapping(match="a.*", table="payments", columns={"单号": "payment_id", "金额": "amount_yuan"})
    second = FileMapping(match="*", table="fees", columns={"单号": "fee_id"})
    assert take(file, mappings=[first, second]).cell("payments", "amount_yuan") == Decimal("5.00")
    assert take(file, mappings=[second, first]).intake.tables == ("fees",)


def test_a_constant_may_be_part_of_the_key(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "证书编号,检定日期\nJ1,2024-01-01\n")
    taken = take(file, mappings=[FileMapping(match="*", table="calibrations", constants={"device_id": "D1"})])
    assert taken.rows("calibrations", "certificate_no", "device_id") == [("J1", "D1")]


def test_every_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    text = """files:
  - match: a.csv
    table: notice
  - match: b.csv
    table: notices
    colums: {x: notice_id}
    columns: {x: notis_id}
    values: {kind: {A: violation}}
    formats: {issued_at: "d/m/y"}
  - table: notices
"""
    with pytest.raises(AnalyzerError) as raised:
        mappings(tmp_path, text)
    lines = [problem.place.rpartition("line ")[2] for problem in raised.value.problems]
    assert sorted(lines, key=int) == ["3", "6", "7", "8", "9", "10"]
    assert "notices" in raised.value.say("en") and "notice_id" in raised.value.say()


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the real fines are not beside the checkout")
def test_ten_thousand_real_fines_are_read(tmp_path: Path) -> None:
    taken = take(SHARED, mappings=mappings(tmp_path, LETTERS + FINES))
    assert {name: counts[:2] for name, counts in taken.counts().items()} == {
        "fines.csv": (10_000, 10_000),
        "letters.csv": (9_957, 9_957),
        "payments.csv": (4_910, 4_910),
    }
    assert {issue["column"] for issue in taken.issues()} <= {"Article", "Vehicle class", "Officer", "Amount (EUR)"}
    late = """SELECT count(*) FILTER (d > 90), count(*) FILTER (d = 90), count(*) FILTER (d > 150) FROM (
        SELECT issued_at::DATE - detected_at::DATE AS d FROM notices JOIN detections USING (record_id)
        WHERE kind = 'violation_notice')"""
    assert taken.con.execute(late).fetchone() == (3970, 80, 197)
