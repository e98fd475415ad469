"""The tables of a run, in Markdown."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from run import Measured

HERE = Path(__file__).resolve().parent
LABELS = {
    "ours": "**ours**",
    "pandas": "pandas by hand",
    "polars": "polars by hand",
    "dbt": "dbt with DuckDB",
    "soda": "Soda Core with DuckDB",
    "great_expectations": "Great Expectations",
    "pandera": "pandera",
    "pointblank": "pointblank",
}


def document(measured: Sequence[Measured], rows: dict[str, int], options: argparse.Namespace) -> str:
    """Return the Markdown of a run: what was run, what it cost, what was found, what each can say."""
    parts = [
        setting(rows, options),
        costs(measured),
        findings(measured),
        (HERE / "what_each_says.md").read_text("utf-8"),
    ]
    return "\n".join(parts)


def setting(rows: dict[str, int], options: argparse.Namespace) -> str:
    """Return a paragraph on records and machine."""
    sizes = ", ".join(f"{number:,} {table}" for table, number in rows.items())
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    memory = f"; ours with --memory-limit {options.memory_limit}" if options.memory_limit else ""
    memory += "; ours --in-memory" if options.in_memory else ""
    return (
        f"{sizes}. {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; the middle of"
        f" {options.repeat} runs{memory}; load of the last minute at the end of the run {load:.1f}.\n"
    )


def costs(measured: Sequence[Measured]) -> str:
    """Return the table of time and memory; ratios are theirs over ours."""
    own = next((one for one in measured if one.peer == "ours" and one.wall), None)
    heads = ["wall, s", "after the start, s", "processor, s", "of it judging, s", "peak, MiB"]
    heads += [f"{name} ÷ ours" for name in ("wall", "after the start", "processor", "judging", "memory")]
    head = f"| | {' | '.join(heads)} |"
    lines = [head, "|---|" + "---:|" * 10]
    for one in measured:
        if one.trouble or not one.wall:
            lines.append(
                f"| {LABELS.get(one.peer, one.peer)} | could not be run: {one.trouble.replace('|', '/')} |" + " |" * 9
            )
            continue
        figures = figures_of(one)
        base = figures_of(own) if own else figures
        cells = [f"{figure:.2f}" for figure in figures[:4]] + [f"{figures[4]:.0f}"]
        cells += [f"{figure / of_ours:.2f}" for figure, of_ours in zip(figures, base, strict=True)]
        lines.append(f"| {LABELS.get(one.peer, one.peer)} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def figures_of(one: Measured) -> list[float]:
    """Return the five figures of a peer: three of time by what they count, judging alone, and memory."""
    return [one.middle("wall"), one.working, one.middle("cpu"), one.middle("judging_cpu"), one.middle("peak_mib")]


def findings(measured: Sequence[Measured]) -> str:
    """Return the table of what was found, rule by rule: `=` the same keys, `n =` the same number, else theirs."""
    others = [one for one in measured if one.compared and one.peer != "ours"]
    said = {one.peer: {(line["rule"], line["answer"]): line for line in one.compared} for one in others}
    names = sorted({name for lines in said.values() for name in lines})
    lines = ["| rule | answer | ours | " + " | ".join(LABELS.get(one.peer, one.peer) for one in others) + " |"]
    lines.append("|---|---|---:|" + "---|" * len(others))
    for rule, answer in names:
        known = [said[one.peer].get((rule, answer)) for one in others]
        ours = next((line["ours"] for line in known if line), 0)
        cells = [cell(line) for line in known]
        lines.append(f"| {rule} | {answer} | {ours:,} | " + " | ".join(cells) + " |")
    return (
        "\n".join(lines) + "\n\n`=` the same record keys; `n =` the same number, no keys given; else what was found.\n"
    )


def cell(line: dict[str, object] | None) -> str:
    """Return what a peer found, in short."""
    if line is None:
        return "none"
    return {"keys": "=", "count": "n ="}.get(str(line["same"]), f"{line['theirs']:,} ≠")
