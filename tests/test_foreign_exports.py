"""Exports that nobody here made: an example mapping and profile bring Italian traffic fines to our tables.

The change of the law on 2010-08-13 is shown with rows of our own; the real export, where it lies beside the checkout,
has to give exactly what is known of it.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import analyzer

ROOT = Path(__file__).resolve().parent.parent
ITALY = ROOT / "docs" / "examples" / "italy"
REAL = ROOT.parent / "shared" / "data" / "road_fines_italy"
CHANGE = date(2010, 8, 13)
BEFORE = CHANGE - timedelta(days=1)


def audit_fines(folder: Path, **more: Any) -> analyzer.Result:
    """Judge an export of Italian fines by the rule about telling the party in time."""
    return analyzer.audit(
        folder,
        mapping=ITALY / "mapping.yml",
        profile=ITALY / "profile.yml",
        select=["notice.told_in_time"],
        as_of="2013-01-01",
        **more,
    )


def answers(result: analyzer.Result) -> dict[str, int]:
    """The five counts of the one rule that was run."""
    (row,) = result.verdict_counts.to_dicts()
    return {name: row[name] for name in ("breach", "review", "compliant", "not_assessable", "not_applicable")}


def write_fines(folder: Path, fines: dict[str, tuple[date, int | None]]) -> None:
    """Write fines as their system exports them: the day of the offence, and a letter so many days later, or none."""
    offences = [f"{number};{day:%d/%m/%Y};157.0;A;561;35.0" for number, (day, _) in fines.items()]
    letters = [
        f"L{at};{number};First letter;{day + timedelta(days=days):%d/%m/%Y};"
        for at, (number, (day, days)) in enumerate(fines.items())
        if days is not None
    ]
    heads = {
        "fines.csv": "Fine number;Date of offence;Article;Vehicle class;Officer;Amount (EUR)",
        "letters.csv": "Letter number;Fine number;Kind of letter;Sent;Received",
    }
    for name, rows in {"fines.csv": offences, "letters.csv": letters}.items():
        folder.joinpath(name).write_text("\n".join([heads[name], *rows]) + "\n", encoding="utf-8")


def late(result: analyzer.Result) -> set[str]:
    return set(result.finding_records["record_key"])


def test_the_day_of_the_offence_decides_which_number_holds(tmp_path: Path) -> None:
    write_fines(
        tmp_path,
        {
            "before, 150th day": (BEFORE, 150),
            "before, 151st day": (BEFORE, 151),
            "after, 90th day": (CHANGE, 90),
            "after, 91st day": (CHANGE, 91),
            "after, 150th day": (CHANGE, 150),
        },
    )
    result = audit_fines(tmp_path)
    assert late(result) == {"before, 151st day", "after, 91st day", "after, 150th day"}
    assert set(result.finding_records["verdict"]) == {"breach"}


def test_one_number_for_all_days_judges_otherwise(tmp_path: Path) -> None:
    write_fines(tmp_path, {"before, 91st day": (BEFORE, 91), "after, 91st day": (CHANGE, 91)})
    assert late(audit_fines(tmp_path)) == {"after, 91st day"}
    assert late(audit_fines(tmp_path, set={"notify_deadline": 90})) == {"before, 91st day", "after, 91st day"}
    assert late(audit_fines(tmp_path, set={"notify_deadline": 150})) == set()


def test_a_fine_that_was_never_sent_is_no_breach_of_this_rule(tmp_path: Path) -> None:
    write_fines(tmp_path, {"paid at once": (BEFORE, None), "sent": (BEFORE, 30)})
    assert answers(audit_fines(tmp_path)) == {
        "breach": 0, "review": 0, "compliant": 1, "not_assessable": 0, "not_applicable": 1,
    }  # fmt: skip


def test_every_header_of_the_export_is_settled_by_the_mapping(tmp_path: Path) -> None:
    write_fines(tmp_path, {"A1": (BEFORE, 30)})
    result = audit_fines(tmp_path)
    assert result.issues.is_empty()
    assert dict(result.inputs.select("file", "table_name").iter_rows()) == {
        "fines.csv": "detections",
        "letters.csv": "notices",
    }


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="the real fines do not lie beside this checkout")
@pytest.mark.parametrize(
    ("law", "breaches"), [({}, 197), ({"notify_deadline": 90}, 3970), ({"notify_deadline": 150}, 197)]
)
def test_the_real_fines_give_exactly_what_is_known_of_them(law: dict[str, int], breaches: int) -> None:
    result = audit_fines(REAL, set=law)
    assert answers(result) == {
        "breach": breaches, "review": 0, "compliant": 6570 - breaches, "not_assessable": 0, "not_applicable": 3430,
    }  # fmt: skip
    assert result.summary["totals"]["rows_read"] == result.summary["totals"]["loaded"] == 10_000 + 9_957 + 4_910
    assert result.issues.is_empty()
