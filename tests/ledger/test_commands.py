"""The ledger from the command line: what people type, what they read, and what never leaves unmasked."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest

import analyzer
from analyzer.cli.ledger_follow import follow_published
from analyzer.ledger import Ledger, Note, Proof, State, open_ledger
from analyzer.records.encoding import decoded
from tests.conftest import Run
from tests.ledger.conftest import Scans, make_found
from tests.small_export import write_export

CLUES = """\
线索编号,线索来源,收到日期,执法机构编号,问题类别,内容,办理状态
X1,12328,2025-11-02,01,随意拦车,豫M12345 司机张三反映被拦,办理中
X2,信访,2025-11-03,01,没听说过的,态度差,已办结
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of the tiny export with a table of clues."""
    exports = write_export(tmp_path_factory.mktemp("bureau") / "exports")
    exports.joinpath("问题线索.csv").write_text(CLUES, encoding="utf-8")
    out = tmp_path_factory.mktemp("packages") / "package"
    analyzer.audit(exports, as_of="2025-12-31", select=["DEV-01", "NTC-05"], out=out)
    return out


@pytest.fixture
def filled(path: Path, scan: Scans) -> str:
    """A ledger of three problems: the option that names it."""
    scan(make_found("a", severity="critical"), make_found("b"), make_found("c", rule="DEV-01", family="DEV"))
    return f"--ledger={path}"


def test_a_package_and_a_file_are_enough(run: Run, package: Path, tmp_path: Path) -> None:
    ledger = f"--ledger={tmp_path / 'mine.sqlite'}"
    said = run("ledger", "follow", "--package", package, ledger)
    assert (said.status, said.out.startswith("新问题 2 个")) == (0, True), said
    assert run("ledger", "follow", "--package", package, ledger).out.startswith("这次审核已经跟进过")
    listed = json.loads(run("ledger", "list", ledger, "--json").out)
    assert (listed["total"], listed["states"]["pending"]) == (2, 2)
    assert {one["rule"] for one in listed["entries"]} == {"DEV-01", "NTC-05"}
    assert all("finding_id" not in one for one in listed["entries"])
    assert "豫M00002" not in (tmp_path / "mine.sqlite").read_bytes().decode("utf-8", "replace"), (
        "masked before it is kept"
    )
    shown = json.loads(run("ledger", "show", "2026-0001", ledger, "--json").out) if listed["total"] else {}
    assert shown["record_keys"]


def test_clues_of_a_package(run: Run, package: Path, tmp_path: Path) -> None:
    ledger = f"--ledger={tmp_path / 'mine.sqlite'}"
    assert run("ledger", "clue", "import", "--package", package, ledger).out.startswith("新线索 2 条")
    said = run("ledger", "clue", "list", ledger, "--json")
    one, two = json.loads(said.out)
    assert (one["category"], one["state"], one["content"]) == ("stops", "handling", "***")
    assert (two["category"], two["category_said"], two["state"]) == ("other", "没听说过的", "concluded")
    assert "张三" not in run("ledger", "clue", "list", ledger).out
    number = one["number"]
    handled = run(
        "ledger",
        "clue",
        "handle",
        number,
        ledger,
        "--state",
        "concluded",
        "--result",
        "属实",
        "--replied",
        "2026-11-20",
    )
    assert handled.status == 0, handled.err
    added = run("ledger", "add", "随意拦车", "--category", "拦车", "--clue", number, ledger)
    assert added.out.startswith("已记入台账"), added.err
    assert json.loads(run("ledger", "clue", "show", number, ledger, "--json").out)["entries"]
    wrong = run("ledger", "clue", "add", "--source", "12328", "--content", "x", "--category", "xyz", ledger)
    assert (wrong.status, "没有问题类别" in wrong.err) == (2, True)


def test_a_problem_from_start_to_end(run: Run, filled: str, tmp_path: Path) -> None:
    proof = tmp_path / "certificate.pdf"
    proof.write_bytes(b"verified")
    steps = (
        ("confirm", "2023-0001", "--by", "li"),
        ("assign", "2023-0001", "--leader", "张局长", "--unit", "治超科"),
        ("plan", "2023-0001", "--plan", "给豫M12345补检定", "--deadline", "2099-12-31"),
        ("supervise", "2023-0001", "--reason", "积案"),
        ("close", "2023-0001", "--reason", "已检定", "--proof", proof, "--proof", "三交〔2023〕63号"),
        ("account", "2023-0001", "--text", "约谈站长"),
        ("note", "2023-0001", "--text", "归档"),
    )
    for step in steps:
        said = run("ledger", *step, filled)
        assert said.status == 0, said.err
    shown = run("ledger", "show", "2023-0001", filled).out
    assert "已销号" in shown
    assert "豫M12345" not in shown
    assert "豫M***45" in shown
    data = json.loads(run("ledger", "show", "2023-0001", filled, "--json").out)
    assert [bool(one["sha256"]) for one in data["proof_list"]] == [True, False]
    assert data["history"][1]["by"] == "li"
    assert "豫M12345" in run("ledger", "show", "2023-0001", filled, "--show-personal").out
    assert "查看个人信息" in run("ledger", "history", filled, "--limit", "1").out
    verified = json.loads(run("ledger", "verify", filled, "--json").out)
    assert verified["holds"]
    assert run("ledger", "verify", filled, "--expect", verified["head"]).status == 0
    assert run("ledger", "verify", filled, "--expect", "0" * 63 + "1").status == 1


def test_mistakes_are_told(run: Run, filled: str, tmp_path: Path) -> None:
    cases = {
        ("close", "2023-0001", "--reason", "x"): "不能销号",
        ("reject", "2023-0001"): "缺少理由",
        ("confirm", "2023-0077"): "没有这个编号",
        ("confirm",): "哪些问题",
        ("list", "--filter", "colour=red"): "看不懂这个条件",
        ("list", "--filter", "state=办结"): "没有状态",
        ("list", "--filter", "severity=grave"): "不是严重程度",
        ("plan", "2023-0001", "--deadline", "soon"): "不是日期",
        ("plan", "2023-0001"): "没有给出措施",
        ("report",): "--month",
        ("report", "--month", "2023-6x"): "不是月份",
        ("export", "--out", tmp_path / "x.pdf"): "不支持",
        ("import", tmp_path / "none.xlsx"): "没有这个文件",
        ("settings", "colour=red"): "没有设置",
    }
    for words, expected in cases.items():
        said = run("ledger", *words, filled)
        assert said.status == 2, words
        assert expected in said.err, (words, said.err)
    assert "ledger follow" in run("ledger", "list", "--ledger", tmp_path / "none.sqlite").err
    assert "--store" in run("ledger", "list").err


def test_where_the_ledger_is(
    run: Run, path: Path, filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    store.mkdir()
    (store / "ledger.toml").write_text(f'url = "{path.as_posix()}"', encoding="utf-8")
    assert json.loads(run("ledger", "list", "--store", store, "--json").out)["total"] == 3
    (store / "ledger.toml").write_text("url = ", encoding="utf-8")
    assert "ledger.toml" in run("ledger", "list", "--store", store).err.replace("\n", "")
    monkeypatch.setenv("ANALYZER_LEDGER_URL", str(path))
    assert json.loads(run("ledger", "list", "--json").out)["total"] == 3


def test_bulk_by_filter(run: Run, filled: str) -> None:
    assert "2023-0001、2023-0003" in run("ledger", "confirm", "--filter", "rule=NTC", filled, "--dry-run").out
    assert run("ledger", "confirm", "--filter", "rule=NTC,severity=严重|高", filled, "--reason", "抽查").status == 0
    said = run("ledger", "confirm", "--filter", "state=待核查|属实", filled, "--skip-refused", "--json")
    assert said.status == 3
    data = json.loads(said.out)
    assert (data["done"], len(data["refused"])) == (["2023-0002"], 2)
    counts = json.loads(run("ledger", "list", "--filter", "state=属实", filled, "--json").out)["states"]
    assert counts["confirmed"] == 3


def test_conflicting_versions_on_the_command_line(run: Run, filled: str) -> None:
    run("ledger", "confirm", "2023-0001", "--by", "wang", filled)
    said = run("ledger", "reject", "2023-0001", "--reason", "x", "--version", "1", filled)
    assert said.status == 2
    assert "wang" in said.err


@pytest.mark.parametrize("ending", ["xlsx", pytest.param("csv", marks=pytest.mark.slow)])
def test_out_and_in_again(run: Run, filled: str, ledger: Ledger, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"ledger.{ending}"
    ledger.act("2023-0002", Note("x"), by="li")
    assert run("ledger", "export", "--out", file, filled).status == 0
    assert run("ledger", "import", file, filled, "--json").out.count('"changed": []') == 1, "as exported, no edits"
    edit(
        file,
        "2023-0001",
        {"状态": "整改中", "责任领导": "张局长", "责任人": "=1+1", "整改措施": "补检定", "整改时限": "2099-12-31"},
    )
    edit(file, "2023-0002", {"状态": "不属实", "理由（整改结果）": "照片齐全"})
    dry = run("ledger", "import", file, filled, "--dry-run")
    assert (dry.status, ledger.counts()[State.PENDING]) == (0, 3), dry.err
    assert run("ledger", "import", file, filled, "--by", "li").status == 0
    assert [one.state for one in ledger.every()] == [State.RECTIFYING, State.REJECTED, State.PENDING]
    assert ledger.entry("2023-0001").responsible == "=1+1"
    again = run("ledger", "import", file, filled)
    assert again.status == 2
    assert again.err.count("其间已有改动") == 2, "its versions are old now"
    run("ledger", "export", "--out", file, filled)
    assert formulas(file) == []
    assert run("ledger", "import", file, filled, "--json").out.count('"changed": []') == 1, (
        "the formula guard is no edit"
    )
    assert ledger.verify().holds


def edit(file: Path, number: str, values: dict[str, str]) -> None:
    """Fill in a row as a person would."""
    if file.suffix == ".xlsx":
        book = openpyxl.load_workbook(file)
        rows = book.active
        titles = [cell.value for cell in rows[1]]
        row = next(row for row in rows.iter_rows(min_row=2) if row[0].value == number)
        for title, value in values.items():
            row[titles.index(title)].value = value
            row[titles.index(title)].data_type = "s"
        book.save(file)
        return
    lines = list(csv.reader(decoded(file).removeprefix("\ufeff").splitlines()))
    line = next(line for line in lines if line[0] == number)
    for title, value in values.items():
        line[lines[0].index(title)] = value
    with file.open("w", encoding="gb18030", newline="") as out:  # as Excel saves it on a Chinese PC
        csv.writer(out).writerows(lines)


def formulas(file: Path) -> list[str]:
    """The cells that a spreadsheet would calculate."""
    if file.suffix == ".xlsx":
        rows = openpyxl.load_workbook(file).active
        return [cell.coordinate for row in rows.iter_rows() for cell in row if cell.data_type == "f"]
    lines = csv.reader(file.read_text(encoding="utf-8-sig").splitlines())
    return [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@"))]


def test_the_report(run: Run, filled: str, path: Path, tmp_path: Path) -> None:
    said = run("ledger", "report", "--month", "2023-05", "--out", tmp_path / "report", "--no-reports", filled)
    assert said.status == 0, said.err
    assert "共 3 个问题" in said.out
    data = json.loads((tmp_path / "report" / "ledger-2023-05.json").read_text(encoding="utf-8"))
    assert (data["movement"]["new"], data["standing"]["total"], data["until"]) == (3, 3, "2023-05-23")
    final = run("--lang", "en", "ledger", "report", "--final", filled, "--json")
    assert len(json.loads(final.out)["items"]) == 3


def test_proofs_beside_the_workbook_are_hashed(run: Run, filled: str, ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "回执.pdf").write_bytes(b"x")
    file = tmp_path / "ledger.csv"
    run("ledger", "export", "--out", file, filled)
    edit(file, "2023-0001", {"凭证": "回执.pdf；三交1号"})
    assert run("ledger", "import", file, filled).status == 0
    expected = Proof.of("回执.pdf", tmp_path).sha256
    assert [(one.reference, one.sha256) for one in ledger.proofs("2023-0001")] == [
        ("回执.pdf", expected),
        ("三交1号", None),
    ]


def test_a_folder_that_is_no_store(run: Run, tmp_path: Path) -> None:
    assert run("ledger", "follow", "--store", tmp_path).status == 2, "no store there"
    assert not (tmp_path / "ledger.sqlite").exists()
    with open_ledger(tmp_path / "ledger.sqlite") as made:
        assert made.every() == ()
    assert json.loads(run("ledger", "list", "--store", tmp_path, "--json").out)["total"] == 0


@pytest.mark.slow
def test_the_night_s_audit_in_the_store_s_ledger(run: Run, tmp_path: Path) -> None:
    store, inbox = tmp_path / "store", write_export(tmp_path / "inbox")
    common = (
        "--store",
        store,
        "--as-of",
        "2025-12-31",
        "--select",
        "DEV-01,NTC-05",
        "--settle",
        "0",
        "--reports",
        "none",
    )
    assert run("scan", "--inbox", inbox, *common).status == 0
    follow_published(store)
    assert json.loads(run("ledger", "list", "--store", store, "--json").out)["total"] == 2
    assert follow_published(store).already
