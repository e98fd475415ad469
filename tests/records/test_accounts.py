"""The account of rows: rows read = loaded + duplicates + replaced + quarantined, in every file, whatever comes."""

import json
import tempfile
from collections import Counter
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.records import take_in
from analyzer.rulebook.vocabulary import load_vocabulary

from .exports import Taken, take, write

HEADER = "案件编号,当事人,法制审核日期\n"


def folder(tmp_path: Path, *files: str) -> Taken:
    for number, text in enumerate(files, 1):
        write(tmp_path / f"{number}.csv", text)
    return take(tmp_path)


def test_a_later_row_replaces_the_whole_earlier_row(tmp_path: Path) -> None:
    taken = folder(tmp_path, HEADER + "A1,甲,2024-01-01\n", "案件编号,当事人\nA1,乙\n")
    assert taken.rows("cases", "party_name", "legal_review_on") == [("乙", None)]
    assert taken.is_unknown("cases", "legal_review_on") == [True]
    assert taken.counts() == {"1.csv": (1, 0, 0, 1, 0), "2.csv": (1, 1, 0, 0, 0)}


def test_an_identical_row_is_a_duplicate_of_the_later_file(tmp_path: Path) -> None:
    taken = folder(tmp_path, HEADER + "A1,甲,2024-01-01\n", HEADER + "A1 ,甲,2024/1/1\n")
    assert taken.counts() == {"1.csv": (1, 1, 0, 0, 0), "2.csv": (1, 0, 1, 0, 0)}


def test_blank_and_unknown_differ(tmp_path: Path) -> None:
    taken = folder(tmp_path, HEADER + "A1,甲,\n", "案件编号,当事人\nA1,甲\n", HEADER + "A1,甲,日期不清\n")
    assert taken.counts() == {"1.csv": (1, 0, 0, 1, 0), "2.csv": (1, 1, 0, 0, 0), "3.csv": (1, 0, 1, 0, 0)}


def test_a_row_is_held_against_the_one_in_force(tmp_path: Path) -> None:
    taken = folder(tmp_path, HEADER + "A1,甲,\nA1,乙,\nA1,甲,\nA1,甲,\n")
    assert taken.counts() == {"1.csv": (4, 1, 1, 2, 0)}
    assert taken.rows("cases", "_row", "party_name") == [(4, "甲")]


def test_a_row_without_its_key_is_set_aside_with_the_reason(tmp_path: Path) -> None:
    taken = folder(tmp_path, "证书编号,设备编号,检定机构\nJ1,,甲\n,D1,甲\n-,/,甲\nJ1,D1,甲\n")
    assert taken.counts() == {"1.csv": (4, 1, 0, 0, 3)}
    assert [(issue["row"], issue["column"]) for issue in taken.issues()] == [
        (2, "设备编号"),
        (3, "证书编号"),
        (4, "设备编号"),
        (4, "证书编号"),
    ]
    assert "主键" in taken.issues()[0]["reason"]


def test_a_key_of_two_columns_is_one_key(tmp_path: Path) -> None:
    taken = folder(tmp_path, "证书编号,设备编号\nJ1,D1\nJ1,D2\nJ2,D1\nJ1,D1\n")
    assert taken.counts() == {"1.csv": (4, 3, 1, 0, 0)}


def test_keys_that_differ_in_case_are_different(tmp_path: Path) -> None:
    assert folder(tmp_path, "案件编号,当事人\na1,甲\nA1,甲\nＡ1,甲\n").counts() == {"1.csv": (3, 2, 1, 0, 0)}


def test_totals_are_those_of_the_files(tmp_path: Path) -> None:
    taken = folder(tmp_path, HEADER + "A1,甲,\nA2,乙,x\n,丙,\n", HEADER + "A1,甲,\n")
    intake = taken.intake
    assert (intake.rows_read, intake.loaded, intake.duplicates, intake.quarantined) == (4, 2, 1, 1)
    assert intake.issues == len(taken.issues()) == sum(entry["issues"] for entry in taken.inputs())


ROW = st.tuples(
    st.sampled_from(["A1", "A2", "A3", ""]),
    st.sampled_from(["甲", "乙", "-"]),
    st.sampled_from(["", "2024-01-01", "x"]),
)


def expected(files: list[list[tuple[str, str, str]]]) -> list[list[int]]:
    """Account row by row, as the contract words it."""
    counts = [Counter[str](rows_read=len(rows)) for rows in files]
    force: dict[str, tuple[tuple[str, ...], int]] = {}
    for number, rows in enumerate(files):
        for key, *rest in rows:
            read = (rest[0].replace("-", ""), rest[1])
            if not key:
                counts[number]["quarantined"] += 1
            elif key in force and force[key][0] == read:
                counts[number]["duplicates"] += 1
            else:
                if key in force:
                    counts[force[key][1]]["replaced"] += 1
                force[key] = (read, number)
    for _, number in force.values():
        counts[number]["loaded"] += 1
    return [
        [count[name] for name in ("rows_read", "loaded", "duplicates", "replaced", "quarantined")] for count in counts
    ]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.lists(ROW, max_size=6), min_size=1, max_size=3))
def test_the_account_is_that_of_a_plain_loop(files: list[list[tuple[str, str, str]]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        taken = folder(Path(name), *(HEADER + "".join(",".join(row) + "\n" for row in rows) for rows in files))
    assert [list(counts) for counts in taken.counts().values()] == expected(files)
    assert taken.con.execute("SELECT count(*) FROM cases").fetchone() == (taken.intake.loaded,)


def test_a_replaced_row_leaves_its_old_version_in_the_history(tmp_path: Path) -> None:
    first, second = tmp_path / "1_案件.csv", tmp_path / "2_案件.csv"
    first.write_text("案件编号,罚款金额\nA1,500\nA2,700\n", encoding="utf-8")
    second.write_text("案件编号,罚款金额\nA1,900\nA2,700\n", encoding="utf-8")
    con = duckdb.connect()
    take_in(con, [first, second], load_vocabulary(Path("rules/tables")))
    kept = con.execute("SELECT table_name, record_key, row, content FROM _history").fetchall()
    assert [row[:3] for row in kept] == [("cases", "A1", 2)]
    assert json.loads(kept[0][3])["fine_yuan"] == 500
    assert con.execute("SELECT fine_yuan FROM cases WHERE case_id = 'A1'").fetchone() == (900,)
