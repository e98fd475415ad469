"""Many writers at once: no decision is lost, every conflict is told, and the chain of the history holds."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from analyzer.ledger import open_ledger
from tests.ledger import postgres
from tests.ledger.conftest import make_found
from tests.ledger.writers import Wrote, write, write_job

WRITERS = 10


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.running() as url:
        yield url


def prepare(where: str) -> tuple[str, list[str]]:
    """A ledger with one entry that all want, and one for each writer."""
    with open_ledger(where) as ledger:
        found = [make_found("shared", severity="critical"), *(make_found(f"own-{n}") for n in range(WRITERS))]
        ledger.follow(found, run_id="first", as_of=date(2023, 5, 1))
        numbers = [entry.number for entry in ledger.every()]
    return numbers[0], numbers[1:]


def check(where: str, shared: str, own: list[str], wrote: list[Wrote]) -> None:
    decisions = sum(one.decisions for one in wrote)
    with open_ledger(where) as ledger:
        assert ledger.entry(shared).version == 1 + decisions, "every decision counted once"
        said = [line.new["leader"] for line in ledger.history(shared) if line.what == "assign"]
        assert len(said) == len(set(said)) == decisions
        for number, one in zip(own, wrote, strict=True):
            notes = [line for line in ledger.history(number) if line.what == "note"]
            assert len(notes) == one.decisions
        found = ledger.verify()
        assert found.holds, found.problems
        assert found.lines == 1 + (1 + WRITERS) + 2 * decisions


def jobs(where: str, shared: str, own: list[str], decisions: int) -> list[tuple[str, str, str, str, int]]:
    return [(where, f"writer{n}", shared, own[n], decisions) for n in range(WRITERS)]


def test_ten_threads_on_one_file(path: Path) -> None:
    shared, own = prepare(str(path))
    with ThreadPoolExecutor(WRITERS) as pool:
        wrote = list(pool.map(lambda job: write(*job), jobs(str(path), shared, own, 3)))
    check(str(path), shared, own, wrote)


@pytest.mark.slow
def test_ten_processes_on_one_file(path: Path) -> None:
    shared, own = prepare(str(path))
    with multiprocessing.get_context("spawn").Pool(WRITERS) as pool:
        wrote = pool.map(write_job, jobs(str(path), shared, own, 10), chunksize=1)
    check(str(path), shared, own, wrote)
    assert sum(one.conflicts for one in wrote) > 0, "ten writers on one entry meet each other"


@pytest.mark.slow
def test_ten_processes_on_postgresql(server: str) -> None:
    shared, own = prepare(server)
    with multiprocessing.get_context("spawn").Pool(WRITERS) as pool:
        wrote = pool.map(write_job, jobs(server, shared, own, 10), chunksize=1)
    check(server, shared, own, wrote)
    assert sum(one.conflicts for one in wrote) > 0, "ten writers on one entry meet each other"


def open_new(where: str) -> int:
    with open_ledger(where) as ledger:
        return len(ledger.every())


@pytest.mark.slow
def test_ten_processes_open_a_new_ledger_at_once(tmp_path: Path) -> None:
    where = str(tmp_path / "new.sqlite")
    with multiprocessing.get_context("spawn").Pool(WRITERS) as pool:
        assert pool.map(open_new, [where] * WRITERS, chunksize=1) == [0] * WRITERS
