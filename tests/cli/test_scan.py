"""`analyzer scan`, `store`, `schedule`, and `audit --store --run`, as a shell calls them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from analyzer.store.lock import locked
from analyzer.store.places import Store
from tests.conftest import Run
from tests.small_export import FILES
from tests.store.few_rules import use_rules, write_few_rules
from tests.store.nights import LATE_CERTIFICATE, SELECT, Nights, small_store

WORDS = ("--select", ",".join(SELECT), "--settle", "0", "--reports", "none")


@pytest.fixture(scope="module")
def few_rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_few_rules(tmp_path_factory.mktemp("rules") / "library", SELECT)


@pytest.fixture(autouse=True)
def under_few_rules(few_rules: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        use_rules(few_rules, patch)
        yield


@pytest.fixture(scope="module")
def first(few_rules: Path, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    with pytest.MonkeyPatch.context() as patch:
        use_rules(few_rules, patch)
        return small_store(tmp_path_factory.mktemp("first") / "store")


@pytest.fixture
def store(first: Nights, tmp_path: Path) -> Path:
    return first.copy(tmp_path / "store").root


def test_the_line_of_the_morning_and_the_status(run: Run, store: Path) -> None:
    Nights(store).put({"检定证书.csv": LATE_CERTIFICATE, "坏.csv": "x,y\n1,2\n"})
    preview = run("scan", "--store", store, "--as-of", "2025-12-02", "--dry-run", *WORDS)
    assert preview.status == 0 and "将接收: 检定证书.csv" in preview.out and "2025-12-02" in preview.out
    assert not (store / "refused").is_dir() or not list((store / "refused").iterdir())
    said = run("scan", "--store", store, "--as-of", "2025-12-02", *WORDS)
    assert said.status == 3, said.err
    assert said.out.count("\n") == 1 and "新增 0，未改 1，已消除 1，复现 0；接收 1 个文件，拒收 1 个" in said.out
    assert "拒收 坏.csv" in said.err
    again = run("scan", "--store", store, "--as-of", "2025-12-02", "--json", *WORDS)
    told = json.loads(again.out)
    assert again.status == 0 and (told["judged"], told["run_no"], told["resolved"]) == (False, 2, 1)
    status = json.loads(run("store", "status", "--store", store, "--json").out)
    assert status["last"]["run_no"] == 2 and status["holder"] is None and len(status["refused"]) == 1
    history = json.loads(run("store", "history", "--store", store, "--json").out)
    assert [(one["run_no"], one["new"], one["resolved"]) for one in history] == [(1, 2, 0), (2, 0, 1)]
    changed = run("store", "history", "--store", store, "--between", "1,2")
    assert "新出现 0 个，消失 1 个，两次都有 1 个" in changed.out
    packages = sorted((store / "published").iterdir())
    compared = run("compare", *packages)
    assert compared.status == 0 and "消失 1 个" in compared.out
    assert run("compare", "1", "2", "--store", store).out == compared.out
    assert "设备" in run("explain", "DEV-01", "R2", "--package", packages[0]).out
    assert run("verify", packages[1]).status == 0


def test_a_second_scan_stops_and_says_who_is_first(run: Run, store: Path) -> None:
    with locked(Store(store), "scan"):
        said = run("scan", "--store", store, *WORDS)
    assert said.status == 2 and "pid" in said.err and "另一个进程" in said.err


@pytest.mark.slow
def test_the_command_that_tells_gets_numbers_only(run: Run, store: Path, tmp_path: Path) -> None:
    note = tmp_path / "note.json"
    script = tmp_path / "tell.py"
    script.write_text(f"import sys; open({str(note)!r}, 'w').write(sys.stdin.read())", encoding="utf-8")
    command = f'"{sys.executable}" "{script}"'
    late = FILES["告知与文书.csv"].replace("N1,R1", "N7,R3").replace("2024-03-08", "2024-09-08")
    Nights(store).put({"豫M00001.csv": late})
    words = ("scan", "--store", store, "--as-of", "2025-12-02", "--notify-command", command, *WORDS)
    assert run(*words).status == 0
    told = json.loads(note.read_text(encoding="utf-8"))
    assert told["run_no"] == 2 and told["files"]["taken"] == 1
    assert "豫" not in note.read_text(encoding="utf-8")
    note.unlink()
    quiet = run("scan", "--store", store, "--as-of", "2025-12-03", "--notify-severity", "critical", *words[5:])
    assert quiet.status == 0 and not note.exists(), "nothing critical is new"


@pytest.mark.slow
def test_a_run_made_again_from_the_command_line(run: Run, store: Path, tmp_path: Path) -> None:
    said = run("audit", "--store", store, "--run", "1", "--out", tmp_path / "out", "--reports", "none")
    assert said.status == 0 and "逐字节相同" in said.out
    wrong = run("audit", "--store", store, "--run", "9", "--out", tmp_path / "other")
    assert wrong.status == 2 and "没有这次扫描" in wrong.err
    assert run("audit", "--store", store, "--out", tmp_path / "other").status == 2
    assert run("audit", "--out", tmp_path / "other").status == 2


@pytest.mark.slow
def test_backup_compaction_and_restore_from_the_command_line(run: Run, store: Path, tmp_path: Path) -> None:
    assert run("store", "compact", "--store", store).status == 0
    assert run("store", "backup", "--store", store, "--out", tmp_path / "backup").status == 0
    assert run("store", "restore", "--store", store, "--from", tmp_path / "backup").status == 2
    assert run("store", "restore", "--store", tmp_path / "new", "--from", tmp_path / "backup").status == 0
    assert Nights(tmp_path / "new").package.verify() == []
    missing = run("store", "status", "--store", tmp_path / "nothing")
    assert missing.status == 2 and "store.json" in missing.err


def test_wrong_options_are_said_all_at_once(run: Run, tmp_path: Path) -> None:
    words = ("--as-of", "x", "--notify-severity", "y", "--reports", "z")
    said = run("scan", "--store", tmp_path / "new", *words)
    assert said.status == 2 and all(place in said.err for place in words[::2])
    assert not (tmp_path / "new").exists()


def test_units_for_the_schedulers(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "my store 50%"
    systemd = run("schedule", "--at", "02:05", "--for", "systemd", "--store", place).out
    assert "OnCalendar=*-*-* 02:05:00" in systemd and "Persistent=true" in systemd
    assert f'scan --store "{tmp_path}/my store 50%%"' in systemd
    cron = run("schedule", "--at", "2:05", "--for", "cron", "--store", place).out
    assert "\n5 2 * * * " in cron and "@reboot" in cron and "50\\%'" in cron
    assert run("schedule", "--at", "2:05", "--for", "windows", "--store", place, "--out", tmp_path / "task").status == 0
    task = ElementTree.parse(tmp_path / "task" / "analyzer-scan.xml")
    kind = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert task.findtext(".//t:StartWhenAvailable", namespaces=kind) == "true"
    assert f'--store "{place}"' in (task.findtext(".//t:Arguments", namespaces=kind) or "")
    assert run("schedule", "--at", "25:00", "--for", "cron", "--store", place).status == 2
    assert run("schedule", "--at", "02:00", "--for", "at", "--store", place).status == 2


def test_what_a_night_publishes_stands_in_the_ledger(run: Run, store: Path) -> None:
    assert run("scan", "--store", store, "--as-of", "2025-12-02", *WORDS).status == 0
    published = json.loads(run("store", "status", "--store", store, "--json").out)["last"]
    listed = json.loads(run("ledger", "list", "--store", store, "--json").out)
    assert listed["total"] == published["new"] + published["open"] + published["reopened"] > 0
    (store / "ledger.toml").write_text("url = ", encoding="utf-8")
    said = run("scan", "--store", store, "--as-of", "2025-12-03", *WORDS)
    assert said.status == 3 and "ledger" in said.err.replace("\n", "")
