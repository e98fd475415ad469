"""`analyzer audit --store DIR --run ID`: the package of an earlier run made again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analyzer.cli import console
from analyzer.cli.language import say
from analyzer.cli.report_options import report_writer
from analyzer.engine.connect import Limits


def remake_run(
    store: Path, run: str, out: Path, reports: tuple[str, ...], limits: Limits, *, quiet: bool
) -> dict[str, Any]:
    """Make it, and return its summary; raise `AnalyzerError` saying why when it cannot be made as it was."""
    from analyzer.store.places import existing
    from analyzer.store.travel import remake

    with console.progress(quiet) as tell:
        package = remake(existing(store), run, out, limits, report_writer(reports), tell)
    said = package.summary
    if not quiet:
        console.out.print(
            say(
                f"已重做扫描 {said['run_id']}（基准日 {said['as_of']}），内容与当时发布的逐字节相同：{out}",
                f"Run {said['run_id']} (as of {said['as_of']}) made again, the same byte for byte as published: {out}",
            ),
            markup=False,
            soft_wrap=True,
        )
    return said


__all__ = ["remake_run"]
