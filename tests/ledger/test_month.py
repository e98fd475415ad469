"""A month of work on the ledger, from the audit of the samples to the report that is due on the 23rd."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

import analyzer
from analyzer.cli.ledger_follow import follow_package
from analyzer.ledger import (
    Assign,
    Close,
    Confirm,
    Entry,
    Filter,
    Ledger,
    ListForSupervision,
    Plan,
    Proof,
    Reject,
    State,
    Suppress,
    open_ledger,
)
from analyzer.ledger.groups import load_groups
from analyzer.ledger.progress import Movement
from analyzer.model import AnalyzerError
from analyzer.rulebook.library import rules_folder
from analyzer.store.package import Package
from tests.conftest import Run
from tests.ledger import postgres
from tests.ledger.conftest import Clock

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
SELECT = ("DEC", "DEV", "COE", "SVC")
MENDED = "DEC-01"
"""The rule whose one finding in the samples (a fine over the cap) a later export mends."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Package, Package, Package]:
    """The samples; the samples with a later export that mends one case; the samples again, two weeks on."""
    folder = tmp_path_factory.mktemp("month")
    exports = folder / "exports"
    shutil.copytree(SAMPLES, exports, ignore=shutil.ignore_patterns("truth.json", "README.md"))
    first = audit(exports, folder / "first", "2026-01-05")
    mend(first, exports / "99_案件_更正.csv")
    second = audit(exports, folder / "second", "2026-01-12")
    (exports / "99_案件_更正.csv").unlink()
    return first, second, audit(exports, folder / "third", "2026-01-20")


def audit(exports: Path, out: Path, as_of: str) -> Package:
    analyzer.audit(exports, as_of=as_of, select=SELECT, out=out)
    return Package(out)


def mend(package: Package, path: Path) -> None:
    """Write the case whose fine is over the cap once more, with a fine at the cap."""
    finding = pl.read_parquet(package.path("findings")).filter(pl.col("rule") == MENDED)
    records = pl.read_parquet(package.path("finding_records"))
    keys = records.filter(pl.col("finding_id").is_in(finding["finding_id"].to_list()))["record_key"].to_list()
    cases = pl.read_parquet(package.path("records/cases")).filter(pl.col("case_id").is_in(keys)).to_dicts()
    columns = [name for name in cases[0] if not name.startswith("_") and name not in cases[0]["_unknown"]]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for case in cases:
            writer.writerow(
                ["30000" if name == "fine_yuan" else "" if case[name] is None else case[name] for name in columns]
            )


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield str(tmp_path / "ledger.sqlite")
        return
    with postgres.running() as url:
        yield url


def test_a_month_of_work(packages: tuple[Package, Package, Package], where: str, run: Run, tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 1, 5, 9, 0, 0))
    with open_ledger(where, clock=clock) as ledger:
        work(ledger, clock, packages, tmp_path)
        february = ledger.progress("2026-02", load_groups(rules_folder()))
        head = ledger.verify().head
    said = run("ledger", "verify", "--ledger", where, "--expect", head)
    assert said.status == 0, said.err
    said = run("ledger", "report", "--month", "2026-01", "--out", tmp_path / "report", "--ledger", where)
    assert said.status == 0, said.err
    data = json.loads((tmp_path / "report" / "ledger-2026-01.json").read_text(encoding="utf-8"))
    assert data["standing"] == {**data["standing"], **february_before(february)}
    assert any(path.suffix == ".docx" for path in (tmp_path / "report").iterdir())


def february_before(february: object) -> dict[str, int]:
    """Where February's report says that January ended."""
    before = february.standing_before  # type: ignore[attr-defined]
    return {str(state): before.of(state) for state in State}


def work(ledger: Ledger, clock: Clock, packages: tuple[Package, Package, Package], folder: Path) -> None:
    first, second, third = packages
    fine, wrong, aside, late = until_closed(ledger, clock, first, folder)
    groups = load_groups(rules_folder())
    closed = ledger.entry(fine.number)

    # 12 January: the later export shows the fine mended
    clock.go_to(date(2026, 1, 12))
    done = follow_package(ledger, second)
    assert done.gone >= 1
    assert ledger.entry(fine.number).gone_on == date(2026, 1, 12)
    assert (ledger.entry(fine.number).state, ledger.entry(fine.number).version) == (State.CLOSED, closed.version)
    assert ledger.entry(wrong[0]).state is State.REJECTED
    assert done.expired == 0

    # 20 January: it comes back; the suppression is over
    clock.go_to(date(2026, 1, 20))
    done = follow_package(ledger, third)
    assert (done.came_back, done.expired) == (1, 1)
    again = ledger.entry(fine.number)
    assert (again.state, again.times_repeated, again.leader) == (State.PENDING, 1, "张副局长")
    assert ledger.entry(aside.number).state is State.PENDING

    # after the 23rd: the report of January
    clock.go_to(date(2026, 2, 1))
    january = ledger.progress("2026-01", groups)
    new = january.movement.new
    assert january.movement == Movement(
        new=new,
        confirmed=2,
        rejected=2,
        started=2,
        closed=1,
        repeated=1,
        suppressed=1,
        expired=1,
        became_overdue=1,
        listed=1,
    )
    standing = january.standing
    assert (standing.total, standing.rejected, standing.rectifying, standing.closed) == (new, 2, 1, 0)
    assert (standing.overdue, standing.listed, standing.repeated) == (1, 1, 1)
    assert standing.pending == new - 3
    assert [one.number for one in january.overdue] == [late.number]
    assert [one.number for one in january.repeated] == [fine.number]
    assert [one.number for one in january.closed] == [fine.number]
    assert january.movement_before == Movement()
    assert ledger.verify().holds
    said = repr(ledger.history()) + repr(ledger.every())
    plates = pl.read_parquet(first.path("records/cases"))["plate_no"].drop_nulls().unique().to_list()
    assert not any(plate in said for plate in plates if len(plate) > 5), "the ledger holds no plate"


def until_closed(ledger: Ledger, clock: Clock, first: Package, folder: Path) -> tuple[Entry, list[str], Entry, Entry]:
    """The first week: all findings entered, some decided, the capped fine closed on proof."""
    groups = load_groups(rules_folder())
    total = len(pl.read_parquet(first.path("findings")))

    # 5 January: the first audit
    done = follow_package(ledger, first)
    assert (done.new, done.gone) == (total, 0)
    assert ledger.counts()[State.PENDING] == total
    january = ledger.progress("2026-01", groups)
    assert january.movement == Movement(new=total)
    assert (
        sum(one.standing.total for one in january.by_group)
        == total
        == sum(one.standing.total for one in january.by_agency)
    )
    assert not january.is_complete

    # 6 January: who looks at what; the capped fine is true and gets its plan
    clock.go_to(date(2026, 1, 6))
    fine = only(ledger, Filter(rules=(MENDED,)))
    devices = ledger.every(Filter(rules=("DEV",)))
    assert len(devices) > 5
    ledger.bulk(Filter(rules=("DEV",)), Assign(leader="张副局长", unit="治超科"), by="li", versions={})
    ledger.act(fine.number, Confirm("罚款单核对无误"), by="li", version=fine.version)
    ledger.act(fine.number, Assign(leader="张副局长", responsible="法制科王科长"), by="li")
    ledger.act(fine.number, Plan("退还多收罚款，更正决定书", date(2026, 1, 31)), by="li")

    # 7 January: two are wrong, and it takes two people to say so
    ledger.set("second_person", "true", by="root", reason="局务会决定")
    wrong = [one.number for one in devices[:2]]
    ledger.bulk(wrong, Reject("检定证书已补录"), by="li")
    with pytest.raises(AnalyzerError, match="second person"):
        ledger.bulk(wrong, Reject("检定证书已补录"), by="li")
    clock.go_to(date(2026, 1, 7))
    ledger.bulk(wrong, Reject("复核同意"), by="wang")
    aside, late = devices[2], devices[3]
    ledger.act(aside.number, Suppress("等省厅答复", date(2026, 1, 15)), by="wang")
    ledger.act(late.number, Confirm(), by="wang")
    ledger.act(late.number, Plan("停用设备并送检", date(2026, 1, 18)), by="wang")
    ledger.act(late.number, ListForSupervision("逾期多年"), by="wang")

    # 9 January: the money is paid back
    clock.go_to(date(2026, 1, 9))
    receipt = folder / "退款回单.pdf"
    receipt.write_bytes(b"paid back")
    ledger.act(fine.number, Close("已退还 1000 元", (Proof.of(str(receipt)), Proof.of("崤交罚更〔2026〕1号"))), by="li")
    assert [bool(one.sha256) for one in ledger.proofs(fine.number)] == [True, False]
    return fine, wrong, aside, late


def only(ledger: Ledger, which: Filter) -> Entry:
    (one,) = ledger.every(which)
    return one
