"""What the command line prints: results to standard output, everything else to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from analyzer.cli.language import LANGUAGE, say
from analyzer.model import AnalyzerError, Problem

out = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
err = Console(stderr=True, highlight=False)

OK, FAIL_ON, CANNOT, REFUSED = 0, 1, 2, 3
"""The exit statuses: done; --fail-on met; could not do what was asked; done, but some input was refused."""

Tell = Callable[[str, int, int], None]


def print_json(data: Any) -> None:
    """Print data as JSON, and nothing else, to standard output."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n")


def print_problems(error: AnalyzerError) -> None:
    """Print every problem: place, cause, remedy."""
    count = len(error.problems)
    err.print(
        say(f"无法完成，共 {count} 个问题：", f"Cannot be done; {count} problem{'s' if count > 1 else ''}:"),
        style="bold",
    )
    for problem in error.problems:
        print_problem(problem)


def print_problem(problem: Problem) -> None:
    """Print one problem, the place in bold."""
    place, *rest = problem.say(LANGUAGE).split("\n")
    err.print(place, style="bold red", markup=False)
    for line in rest:
        err.print(line, markup=False)


@contextmanager
def progress(quiet: bool) -> Iterator[Tell | None]:
    """Show progress on a terminal; be silent in a pipe."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, description=what[:60], completed=done, total=total)

        yield tell
