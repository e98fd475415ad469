"""Pages on a package whose large tables stayed in a lake: nothing is claimed of records that are not here."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from analyzer.dashboard.opening import open_package, scope_name
from analyzer.dashboard.queries import FindingFilter
from analyzer.dashboard.queries.vehicles import flagged
from tests.dashboard.conftest import Open, cells_of, once, words_of
from tests.dashboard.looking import changed, charts_of, shows_no_plate, source_of

PARTIAL = ("detections", "notices", "cases", "payments")
KEYS = {"detections": "record_id", "notices": "notice_id", "cases": "case_id", "payments": "payment_id"}
SAID = "留在湖中"


@pytest.fixture(scope="session")
def lake(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the samples as Spark would have left it: of four tables only the records that findings name."""

    def make(folder: Path) -> None:
        changed(package, folder, lambda copy: [_leave_in_lake(copy, table) for table in PARTIAL])

    return once(tmp_path_factory, "lake", make) / "changed"


def _leave_in_lake(copy: Path, table: str) -> None:
    named = pl.read_parquet(copy / "finding_records.parquet").filter(pl.col("table_name") == table)["record_key"]
    records = pl.read_parquet(copy / "records" / f"{table}.parquet")
    (copy / "evidence").mkdir(exist_ok=True)
    held = records.filter(pl.col(KEYS[table]).is_in(named.implode()))
    held.write_parquet(copy / "evidence" / f"{table}.parquet")
    (copy / "records" / f"{table}.parquet").unlink()
    said = json.loads((copy / "summary.json").read_text(encoding="utf-8"))
    said["findings_only"] = sorted({*said.get("findings_only", ()), table})
    (copy / "summary.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


@pytest.mark.slow
def test_vehicles_and_findings_are_shown_from_the_records_that_findings_name(open_page: Open, lake: Path) -> None:
    source = source_of(lake)
    total, found = flagged(source, FindingFilter())
    assert total > 200
    page = open_page("vehicle", of=lake, vehicle=found[0].key)
    assert SAID in words_of(page)
    assert charts_of(page)
    number = source.one("SELECT n.number FROM numbered AS n JOIN finding_records AS r USING (finding_id)"
                        " WHERE r.table_name = 'detections' ORDER BY 1 LIMIT 1")[0]  # fmt: skip
    key = source.one("SELECT min(r.record_key) FROM finding_records AS r JOIN numbered AS n USING (finding_id)"
                     " WHERE n.number = ? AND r.table_name = 'detections'", [number])[0]  # fmt: skip
    finding = open_page("finding", of=lake, f=source.address(number))
    assert key in cells_of(finding)
    assert SAID not in words_of(finding), "a finding is whole"


def test_no_page_claims_what_only_all_records_could_tell(open_page: Open, lake: Path) -> None:
    devices = words_of(open_page("devices", of=lake))
    assert "没有检测记录，无法与检定有效期对照" in devices
    assert "都在检定有效期之内" not in devices
    said = words_of(open_page("cases", of=lake))
    assert SAID in said
    assert "它们留在数据湖中" in said
    assert "补交" not in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("view", "more"),
    [
        ("overview", {"whose": "device"}), ("agencies", {"part": "months"}), ("overview", {"part": "coverage"}), ("devices", {"part": "rates"}),
        ("device", {"device": "SB0105"}), ("case", {"case": "AJ00000187"}), ("agencies", {"part": "rates"}),
        ("agencies", {"part": "like"}), ("agencies", {"part": "leads"}), ("agency", {"agency": "JG02"}),
        ("rule", {"rule": "PRC-09"}), ("rule", {"rule": "PRC-09", "part": "trial"}), ("data", {"part": "missing"}),
    ],
)  # fmt: skip
def test_every_page_stands(open_page: Open, lake: Path, package: Path, view: str, more: dict[str, str]) -> None:
    page = open_page(view, of=lake, lang="en", **more)
    assert not page.error
    if view in ("agencies", "devices", "device", "case"):
        assert "supply" not in words_of(page).lower(), "what stayed in the lake is not asked for"
    assert shows_no_plate(page, package)


def test_the_records_of_other_agencies_stay_hidden(lake: Path) -> None:
    opened = open_package(lake, lake)
    opened.limit(["JG02"])
    cursor = opened.con.cursor()
    cursor.execute(f"SET search_path = '{scope_name(['JG02'])},main'")
    assert cursor.execute("SELECT DISTINCT agency_id FROM evidence_cases").fetchall() == [("JG02",)]
    outside = (
        "SELECT count(*) FROM evidence_detections AS d JOIN main.records_stations AS s ON s.station_id = d.station_id"
        " WHERE s.agency_id <> 'JG02'"
    )
    assert cursor.execute(outside).fetchone() == (0,)
