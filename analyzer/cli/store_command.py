"""`analyzer store status|history|compact|backup|restore`: how a store stands, and what keeps it well."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from analyzer.cli import console
from analyzer.cli.language import LANGUAGE, say

if TYPE_CHECKING:
    from analyzer.store.history import Between, PastRun, Status

_STORE = typer.Option(..., "--store", help=say("库的目录", "the folder of the store"))
_JSON = typer.Option(False, "--json", help=say("输出 JSON", "print JSON"))


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode="markdown",
        help=say(
            "夜间扫描的库：状态、历史、整理、备份与恢复。\n\n例：analyzer store status --store 库",
            "The store of the nightly scan: status, history, compaction, backup.\n\n"
            "Example: analyzer store status --store store",
        ),
    )
    group.command("status", help=_STATUS)(status)
    group.command("history", help=_HISTORY)(history)
    group.command("compact", help=_COMPACT)(compact)
    group.command("backup", help=_BACKUP)(backup)
    group.command("restore", help=_RESTORE)(restore)
    app.add_typer(group, name="store")


_STATUS = say(
    "最近一次扫描、待接收和被拒收的文件、锁由谁持有。\n\n例：analyzer store status --store 库",
    "The last scan, what waits and what was refused, who holds the lock.\n\nExample: analyzer store status --store store",
)
_HISTORY = say(
    "列出每次扫描；--between 说出任意两次之间出现和消除了什么。\n\n例：\n\n"
    "    analyzer store history --store 库\n\n    analyzer store history --store 库 --between 3,12",
    "Lists every run; --between says what appeared and went between any two.\n\nExamples:\n\n"
    "    analyzer store history --store store\n\n    analyzer store history --store store --between 3,12",
)
_COMPACT = say(
    "合并小数据段、重写仓库文件；以前各次扫描仍可重现。\n\n例：analyzer store compact --store 库",
    "Merges small segments and rewrites the warehouse; earlier runs stay reachable.\n\n"
    "Example: analyzer store compact --store store",
)
_BACKUP = say(
    "做一份前后一致的备份，附每个文件的哈希；收件目录不在其中。\n\n例：analyzer store backup --store 库 --out 备份/2026-03-01",
    "Makes a consistent copy with the hash of every file; the inbox is left out.\n\n"
    "Example: analyzer store backup --store store --out backups/2026-03-01",
)
_RESTORE = say(
    "恢复备份。已有的库只有加 --force 才替换，并改名保留。\n\n例：analyzer store restore --store 库 --from 备份/2026-03-01",
    "Brings a backup back. A store that is there is replaced with --force only, and kept under another name.\n\n"
    "Example: analyzer store restore --store store --from backups/2026-03-01",
)


def status(
    store: Path = _STORE,
    inbox: Path = typer.Option(None, "--inbox", help=say("收件目录，默认 库/inbox", "the inbox; default STORE/inbox")),
    as_json: bool = _JSON,
) -> None:
    """Say how a store stands."""
    from analyzer.store.history import status_of
    from analyzer.store.places import existing

    place = existing(store)
    found = status_of(place, inbox or place.inbox)
    if as_json:
        console.print_json(_status_data(found))
        return
    _print_status(found)


def _print_status(found: Status) -> None:
    out = console.out
    if found.last is None:
        out.print(say("还没有已发布的扫描。", "Nothing has been published yet."))
    else:
        out.print(_line(found.last), markup=False, soft_wrap=True)
    if found.holder is not None:
        alive = (
            say("正在运行", "running")
            if found.holder.is_alive
            else say("已中断，下次扫描会接着完成", "died; the next scan goes on from there")
        )
        out.print(f"{found.holder.doing}: pid {found.holder.pid}, {found.holder.since}, {alive}", markup=False)
    out.print(
        say(
            f"收件目录：{len(found.ready)} 个文件待接收；拒收未处理 {len(found.refused)} 个；保留 {found.packages} 个结果包",
            f"inbox: {len(found.ready)} files to take in; {len(found.refused)} refused ones in sight; {found.packages} packages kept",
        )
    )
    for name, why in found.refused:
        lines = why.split("\n")
        out.print(f"  {name}: {lines[0] if LANGUAGE == 'zh' else lines[-1]}", markup=False)
    sizes = ", ".join(f"{name} {size / 1e6:,.1f} MB" for name, size in found.sizes.items())
    out.print(sizes, markup=False, style="dim")


def _line(run: PastRun) -> str:
    return say(
        f"最近一次扫描 {run.run_id}（{run.as_of}，{run.started_at}）：问题 {run.findings} 个；"
        f"新增 {run.new}，未改 {run.open}，已消除 {run.resolved}，复现 {run.reopened}",
        f"last scan {run.run_id} ({run.as_of}, {run.started_at}): {run.findings} findings;"
        f" {run.new} new, {run.open} open, {run.resolved} resolved, {run.reopened} reopened",
    )


def _status_data(found: Status) -> dict[str, Any]:
    return {
        "format": found.format,
        "last": vars_of(found.last) if found.last else None,
        "holder": {**vars_of(found.holder), "is_alive": found.holder.is_alive} if found.holder else None,
        "ready": list(found.ready),
        "waiting": list(found.waiting),
        "refused": [{"file": name, "why": why} for name, why in found.refused],
        "packages": found.packages,
        "bytes": dict(found.sizes),
    }


def history(
    store: Path = _STORE,
    between: str = typer.Option(
        "", "--between", metavar="RUN,RUN", help=say("比较这两次扫描（编号）", "compare these two runs (id or number)")
    ),
    as_json: bool = _JSON,
) -> None:
    """List the runs, or compare two."""
    from analyzer.store import history as past
    from analyzer.store.places import existing

    place = existing(store)
    if between:
        before, _, after = between.partition(",")
        found = past.between(place, before.strip(), after.strip())
        console.print_json(_between_data(found)) if as_json else _print_between(found)
        return
    runs = past.runs_of(place)
    if as_json:
        console.print_json([vars_of(one) for one in runs])
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    heads = (
        ("扫描", "run"), ("基准日", "as of"), ("判定", "judged"), ("文件", "files"), ("拒收", "refused"), ("问题", "findings"),
        ("新增", "new"), ("未改", "open"), ("已消除", "resolved"), ("复现", "reopened"), ("结果包", "package"),
    )  # fmt: skip
    for number, head in enumerate(heads):
        table.add_column(say(*head), justify="right" if 2 < number < 10 else "left", no_wrap=True)
    judged = {"full": say("全部", "all"), "touched": say("受影响的", "touched")}
    for one in runs:
        numbers = (one.files, one.refused, one.findings, one.new, one.open, one.resolved, one.reopened)
        kept = say("保留", "kept") if one.is_kept else "-"
        table.add_row(one.run_id, str(one.as_of), judged.get(one.judged, one.judged), *map(str, numbers), kept)
    console.out.print(table)


def _print_between(found: Between) -> None:
    from analyzer.rulebook.library import load_library

    rules = load_library().rules
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in (("规则", "rule"), ("问题", "problem"), ("新出现", "appeared"), ("消失", "gone")):
        table.add_column(say(*head))
    for code in sorted({*found.appeared, *found.gone}):
        title = getattr(rules[code].rule.title, LANGUAGE) if code in rules else ""
        table.add_row(code, title, str(found.appeared.get(code, "")), str(found.gone.get(code, "")))
    console.out.print(table)
    appeared, gone = sum(found.appeared.values()), sum(found.gone.values())
    console.out.print(
        say(
            f"{found.before.run_id} → {found.after.run_id}：新出现 {appeared} 个，消失 {gone} 个，两次都有 {found.same} 个。",
            f"{found.before.run_id} -> {found.after.run_id}: {appeared} appeared, {gone} went, {found.same} are in both.",
        ),
        soft_wrap=True,
    )


def _between_data(found: Between) -> dict[str, Any]:
    return {
        "before": vars_of(found.before),
        "after": vars_of(found.after),
        "appeared": dict(found.appeared),
        "gone": dict(found.gone),
        "same": found.same,
    }


def compact(store: Path = _STORE) -> None:
    """Merge segments and rewrite the warehouse."""
    from analyzer.store.durable import in_plain_words
    from analyzer.store.lock import locked
    from analyzer.store.places import existing
    from analyzer.store.upkeep import compact as do_compact

    place = existing(store)
    with in_plain_words(f"--store {store}"), locked(place, "compact"):
        done = do_compact(place)
    console.out.print(
        say(
            f"合并数据段 {done.merged} 个，删除无用文件 {done.removed} 个，仓库 {done.before / 1e6:,.1f} → {done.after / 1e6:,.1f} MB。",
            f"{done.merged} segments merged, {done.removed} unused files removed,"
            f" warehouse {done.before / 1e6:,.1f} -> {done.after / 1e6:,.1f} MB.",
        )
    )


def backup(
    store: Path = _STORE,
    out: Path = typer.Option(..., "--out", help=say("备份写到哪个新目录", "the new folder for the backup")),
) -> None:
    """Copy the store as it is."""
    from analyzer.store.backup import back_up
    from analyzer.store.durable import in_plain_words
    from analyzer.store.lock import locked
    from analyzer.store.places import existing

    place = existing(store)
    with in_plain_words(f"--out {out}"), locked(place, "backup"):
        files = back_up(place, out)
    console.out.print(say(f"已备份 {files} 个文件到 {out}。", f"{files} files copied to {out}."), markup=False)


def restore(
    store: Path = _STORE,
    source: Path = typer.Option(..., "--from", help=say("备份的目录", "the folder of the backup")),
    force: bool = typer.Option(
        False, "--force", help=say("替换已有的库（改名保留）", "replace the store that is there")
    ),
) -> None:
    """Bring a backup back."""
    from analyzer.store.backup import restore as do_restore
    from analyzer.store.durable import in_plain_words
    from analyzer.store.places import Store

    with in_plain_words(f"--store {store}"):
        files, aside = do_restore(Store(store), source, force=force)
    console.out.print(say(f"已恢复 {files} 个文件。", f"{files} files restored."))
    if aside:
        console.out.print(say(f"原来的库改名为 {aside}", f"the store that was there is now {aside}"), markup=False)


def vars_of(one: Any) -> dict[str, Any]:
    """Return a plain record as data."""
    from dataclasses import asdict

    return asdict(one)
