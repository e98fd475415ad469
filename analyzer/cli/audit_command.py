"""`analyzer audit`, `analyzer demo`, `analyzer sample`, `analyzer verify`: from exports to a package."""

from __future__ import annotations

import getpass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typer

from analyzer.cli import console, report_options
from analyzer.cli.engine_options import ENGINE, INPUTS, MASTER, SPARK, Runner, engine_problems, runner
from analyzer.cli.language import say
from analyzer.cli.order_options import make_order, order_problems
from analyzer.cli.summary import print_summary
from analyzer.model import AnalyzerError, Problem, Severity, Text
from analyzer.rulebook.rulings import DEFAULT_PROFILE


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command("audit", help=_AUDIT_HELP)(audit)
    app.command("demo", help=_DEMO_HELP)(demo)
    app.command("sample", help=_SAMPLE_HELP)(sample)
    app.command("verify", help=_VERIFY_HELP)(verify)


_AUDIT_HELP = say(
    "审核导出的文件或目录。\n\n例：\n\n"
    "    analyzer audit 导出数据 --out 结果 --as-of 2025-12-31\n\n"
    "    analyzer audit 案件.xlsx 检测记录.zip --out 结果 --set notify_deadline=10 --select NTC,PRC-05\n\n"
    "    analyzer audit --store 库 --run 12 --out 结果（重做一次扫描的结果包）\n\n"
    "    analyzer audit 数据湖 --out 结果 --engine spark --master local[4]（在 Apache Spark 上审核）\n\n"
    "退出码：0 完成；1 达到 --fail-on；2 无法完成；3 完成，但有文件被拒收。",
    "Judge exported files or folders.\n\nExamples:\n\n"
    "    analyzer audit exports --out results --as-of 2025-12-31\n\n"
    "    analyzer audit cases.xlsx detections.zip --out results --set notify_deadline=10 --select NTC,PRC-05\n\n"
    "    analyzer audit --store store --run 12 --out results (makes a run's package again)\n\n"
    "    analyzer audit lake --out results --engine spark --master local[4] (judges on Apache Spark)\n\n"
    "Exit status: 0 done; 1 --fail-on met; 2 cannot be done; 3 done, but some input was refused.",
)
_DEMO_HELP = say(
    "审核自带的示例数据，并说明打开哪些文件。\n\n例：analyzer demo --out out/demo",
    "Audit the samples and say which files to open.\n\nExample: analyzer demo --out out/demo",
)
_SAMPLE_HELP = say(
    "造一个虚构的执法机构：导出文件、已知问题和 truth.json。\n\n例：analyzer sample --out 样本 --detections 1200 --seed 1",
    "Make an invented bureau: exports, known breaches and truth.json.\n\nExample: analyzer sample --out made --seed 1",
)
_VERIFY_HELP = say(
    "结果包是否仍与清单和输入一致。不一致时退出码为 1。\n\n例：analyzer verify 结果",
    "Does a package still match its manifest and its inputs? Exit status 1 when not.\n\nExample: analyzer verify results",
)


def audit(
    inputs: list[str] = INPUTS,
    out: Path = typer.Option(..., "--out", help=say("结果写到哪个目录", "the folder for the results")),
    profile: str = typer.Option(
        DEFAULT_PROFILE, help=say("适用的法律配置：名称或文件", "law profile: a name or a file")
    ),
    settings: list[str] = typer.Option(
        [], "--set", metavar="NAME=VALUE", help=say("改一个参数", "override a parameter")
    ),
    as_of: str = typer.Option("", "--as-of", metavar="DATE", help=say("审核基准日，默认今天", "the audit's today")),
    mapping: list[Path] = typer.Option([], "--mapping", help=say("本单位表头的对应文件", "headers this bureau uses")),
    rules: list[Path] = typer.Option([], "--rules", help=say("另加自己的规则目录", "add rules of your own")),
    select: list[str] = typer.Option(
        [], "--select", help=say("只用这些规则或类别，逗号分隔", "rule codes or families")
    ),
    reports: str = typer.Option(report_options.DEFAULT, help=report_options.HELP),
    show_personal: bool = typer.Option(
        False, "--show-personal", help=say("不隐去个人信息（会记录）", "do not mask (logged)")
    ),
    fail_on: str = typer.Option(
        "", "--fail-on", metavar="SEVERITY", help=say("从此严重程度起退出码为 1", "exit 1 from here on")
    ),
    store: Path = typer.Option(
        None,
        "--store",
        help=say("重做库中一次扫描的结果包（与 --run 同用）", "make a run of this store again; see --run"),
    ),
    run: str = typer.Option("", "--run", metavar="ID", help=say("重做哪一次扫描：编号", "which run: its id or number")),
    engine: str = ENGINE,
    master: str = MASTER,
    memory_limit: str = typer.Option("", "--memory-limit", metavar="2GB", help=say("内存上限", "memory limit")),
    threads: int = typer.Option(0, help=say("线程数", "threads")),
    as_json: bool = typer.Option(False, "--json", help=say("只输出 JSON 摘要", "print the summary as JSON only")),
    quiet: bool = typer.Option(False, "--quiet", "-q", help=say("不显示进度和摘要", "no progress, no summary")),
) -> None:
    """Judge exports and write a package."""
    problems = report_options.report_problems(reports) + _option_problems(fail_on)
    problems += order_problems(as_of, memory_limit) + _source_problems(inputs, store, run)
    problems += engine_problems(engine, master, inputs or [], store)
    if problems:
        raise AnalyzerError(problems)
    lake = inputs[0] if engine == SPARK else None
    files = [Path(one) for one in inputs or () if lake is None]
    order = make_order(
        files, profile=profile, settings=settings, as_of=as_of, mapping=mapping, rules=rules, select=select,
        memory_limit=memory_limit, threads=threads,
    )  # fmt: skip
    wanted, silent = report_options.wanted_reports(reports), quiet or as_json
    if store is not None:
        from analyzer.cli.remake import remake_run

        said = remake_run(store, run, out, wanted, order.limits, quiet=silent)
    else:
        how = runner(lake, master)
        said = perform(order, out, wanted, how, show_personal=show_personal, quiet=silent)
        if not silent:
            print_summary(said, out)
    if as_json:
        console.print_json(said)
    raise typer.Exit(_status(said, fail_on))


def perform(
    order: Any, out: Path, reports: tuple[str, ...], run: Runner | None = None, *, show_personal: bool, quiet: bool
) -> dict[str, Any]:
    """Run one audit, write its package, and return its summary; `run` judges, DuckDB when it is not given."""
    from analyzer.store.package import drafting, write_package

    run = run or runner(None, "")
    with drafting(out) as draft, console.progress(quiet) as tell, run(order, tell, [draft]) as done:
        write_reports = report_options.report_writer(reports, show_personal=show_personal)
        unmasked = _unmasking() if show_personal and reports else None
        package = write_package(done, draft, out, write_reports, unmasked=unmasked)
    if unmasked:
        console.err.print(
            say(
                "注意：报表中的个人信息未作隐去，已记入 summary.json。",
                "Personal data is shown in the reports; logged in summary.json.",
            )
        )
    return package.summary


def demo(
    out: Path = typer.Option(Path("out/demo"), help=say("结果写到哪个目录", "the folder for the results")),
) -> None:
    """Audit the committed samples."""
    from analyzer.engine.audit import Order

    folder = samples_folder()
    order = Order(inputs=(folder,), as_of=date(2025, 12, 31))
    out.parent.mkdir(parents=True, exist_ok=True)
    said = perform(order, out, report_options.wanted_reports(report_options.DEFAULT), show_personal=False, quiet=False)
    print_summary(said, out)
    raise typer.Exit(_status(said, ""))


def samples_folder() -> Path:
    """Return the folder of the committed samples: inside the installed package, or in the checkout."""
    installed = Path(__file__).resolve().parents[1] / "_samples"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[2] / "data" / "samples"


def sample(
    out: Path = typer.Option(..., "--out", help=say("写到哪个目录", "the folder to write to")),
    detections: int = typer.Option(1200, "--detections", min=1, help=say("检测记录数", "how many detections")),
    seed: int = typer.Option(1, help=say("随机种子：相同种子得到相同数据", "the same seed gives the same data")),
) -> None:
    """Make an invented bureau."""
    from analyzer.rulebook.library import rules_folder
    from analyzer.samples import make_bureau, write_exports

    bureau = make_bureau(detections, seed, rules_folder())
    write_exports(bureau, out)
    console.out.print(
        say(
            f"已写入 {out}：导出文件和 truth.json。全部为虚构数据。",
            f"Written to {out}: exports and truth.json. All of it is made up.",
        )
    )


def verify(folder: Path = typer.Argument(help=say("结果包目录", "the folder of the package"), metavar="DIR")) -> None:
    """Compare a package with its manifest."""
    from analyzer.store.package import Package

    package = Package(folder)
    problems = package.verify()
    for problem in problems:
        console.print_problem(problem)
    if gone := package.inputs_not_found():
        console.err.print(
            say(
                f"有 {len(gone)} 个输入文件已不在原处，无法比对。",
                f"{len(gone)} inputs are no longer in their place; not compared.",
            )
        )
    if problems:
        raise typer.Exit(console.FAIL_ON)
    files = len(package.manifest["files"])
    console.out.print(say(f"一致：{files} 个文件与清单相符。", f"Everything matches: {files} files."))


def _source_problems(inputs: list[str] | None, store: Path | None, run: str) -> list[Problem]:
    """Either files are judged, or a run of a store is made again."""
    if store is None and not run and inputs:
        return []
    if store is not None and run and not inputs:
        return []
    cause = Text("请给出输入文件，或 --store 与 --run", "give input files, or --store and --run")
    return [Problem("INPUT... | --store --run", cause)]


def _option_problems(fail_on: str) -> list[Problem]:
    problems = []
    if fail_on and fail_on not in [str(one) for one in Severity]:
        cause = Text(f"`{fail_on}` 不是严重程度", f"`{fail_on}` is no severity")
        words = ", ".join(str(one) for one in Severity)
        problems.append(Problem("--fail-on", cause, Text(f"可用：{words}", f"There are: {words}")))
    return problems


def _unmasking() -> dict[str, str]:
    """Who asked to see personal data, and when."""
    return {"by": getpass.getuser(), "at": datetime.now().isoformat(timespec="seconds")}


def _status(said: dict[str, Any], fail_on: str) -> int:
    """--fail-on was asked for by name, so it speaks before a refused file does."""
    if fail_on:
        grave = [str(one) for one in Severity if one.rank <= Severity(fail_on).rank]
        if any(said["totals"]["by_severity"][name] for name in grave):
            return console.FAIL_ON
    return console.REFUSED if said["totals"]["refused"] else console.OK
