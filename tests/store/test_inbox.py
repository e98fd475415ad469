"""Which files of the inbox are complete, and what is copied of them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from analyzer.model import AnalyzerError
from analyzer.store.inbox import Offered, look, take_away, take_copies
from analyzer.store.places import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "store")
    made.make()
    return made


def put(store: Store, name: str, text: str = "x", age: float = 3600) -> Path:
    path = store.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def ready(offered: Offered) -> list[str]:
    return [source.label for source in offered.ready]


def no_waiting(seconds: float) -> None:
    raise AssertionError("there was nothing to wait for")


def test_files_come_in_the_order_of_an_intake_and_unfinished_names_are_passed_over(store: Store) -> None:
    for name in ("b.csv", "a.csv", "子/z.csv", "c.csv.part", "d.tmp", "e.crdownload", "~$f.xlsx", ".g.csv", "h.xlsx~"):
        put(store, name)
    assert ready(look(store.inbox, 10, no_waiting)) == ["a.csv", "b.csv", "子/z.csv"]


def test_a_file_that_grows_between_two_looks_is_left(store: Store) -> None:
    put(store, "old.csv")
    growing = put(store, "growing.csv", age=1)
    put(store, "done.csv", age=1)
    offered = look(store.inbox, 10, lambda seconds: growing.open("a").write("more") and None)
    assert ready(offered) == ["done.csv", "old.csv"]
    assert offered.waiting == ("growing.csv",)


def test_a_file_from_the_future_is_looked_at_twice_and_taken(store: Store) -> None:
    put(store, "ahead.csv", age=-86400)
    assert ready(look(store.inbox, 10, lambda seconds: None)) == ["ahead.csv"]


def test_a_file_that_goes_between_two_looks_is_no_matter(store: Store) -> None:
    path = put(store, "gone.csv", age=1)
    offered = look(store.inbox, 10, lambda seconds: path.unlink())
    assert (offered.ready, offered.waiting) == ((), ())


def test_a_copy_bears_its_hash_and_what_changed_later_stays_in_the_inbox(store: Store) -> None:
    path = put(store, "a.CSV", "1")
    (arrival,), _ = take_copies(store, look(store.inbox, 0))
    assert arrival.copy.name == f"{arrival.sha256}.csv"
    assert arrival.copy.read_text() == "1"
    path.write_text("2", encoding="utf-8")
    os.utime(path, (1, 1))
    assert not take_away(arrival)
    assert path.read_text() == "2", "a file that was written anew is another file"


def test_an_unreadable_inbox_is_said_with_its_place(store: Store) -> None:
    with pytest.raises(AnalyzerError) as raised:
        look(store.root / "nowhere")
    (problem,) = raised.value.problems
    assert "nowhere" in problem.place and problem.remedy.zh


def test_an_unreadable_file_is_left_and_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "a.csv")
    put(store, "b.csv")
    opened = Path.open

    def refuse(path: Path, *given: object, **named: object) -> object:
        if path.name == "a.csv" and "inbox" in path.parts:
            raise PermissionError(13, "x")
        return opened(path, *given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    taken, offered = take_copies(store, look(store.inbox, 0))
    assert [one.source.label for one in taken] == ["b.csv"]
    assert [one.place for one in offered.unreadable] == ["a.csv"]
