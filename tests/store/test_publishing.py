"""The pointer that readers follow, and which packages are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.model import AnalyzerError
from analyzer.store import durable
from analyzer.store.places import FORMAT, MIGRATIONS, Store, existing
from analyzer.store.publish import current_run, open_current, published_runs, retire


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "store")
    made.make()
    for number in range(1, 6):
        folder = made.package(f"00000{number}-ab")
        folder.mkdir()
        folder.joinpath("manifest.json").write_text("{}", encoding="utf-8")
    point(made, 5)
    return made


def point(store: Store, number: int) -> None:
    durable.write_whole(store.current, {"run": f"00000{number}-ab", "run_no": number})


def numbers(store: Store) -> list[int]:
    return [int(run[:6]) for run in published_runs(store)]


def test_old_packages_go_and_the_current_one_and_its_forerunner_stay(store: Store) -> None:
    retire(store, 2)
    assert numbers(store) == [4, 5]
    retire(store, 1)
    assert numbers(store) == [4, 5], "a reader may have just opened the one before"


def test_the_current_package_stays_however_old_it_is(store: Store) -> None:
    point(store, 2)
    retire(store, 1)
    assert numbers(store) == [1, 2, 5]


def test_a_package_that_is_open_on_windows_stays_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.name == "000001-ab":
            raise PermissionError(13, "in use")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    retire(store, 1)
    assert numbers(store) == [1, 4, 5]
    assert (store.package("000001-ab") / "manifest.json").is_file()


def test_the_pointer_waits_for_a_reader_that_has_it_open(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []
    replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        tries.append(path)
        if len(tries) < 3:
            raise PermissionError(13, "in use")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    monkeypatch.setattr(durable.os, "name", "nt")
    monkeypatch.setattr(durable, "_PAUSE", 0)
    monkeypatch.setattr(durable, "sync", lambda path: None)
    durable.write_whole(store.current, {"run": "000003-ab", "run_no": 3})
    monkeypatch.undo()
    assert len(tries) == 3 and current_run(store) == "000003-ab"


def test_a_reader_of_a_store_without_packages_is_told(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.make()
    with pytest.raises(AnalyzerError, match="nothing has been published"):
        open_current(store)


def test_a_store_of_a_newer_program_is_refused(store: Store) -> None:
    store.label.write_text(json.dumps({"format": FORMAT + 1}), encoding="utf-8")
    with pytest.raises(AnalyzerError, match="newer program"):
        existing(store.root)


def test_a_store_of_an_older_program_is_migrated_after_a_backup(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from analyzer.store.migrate import migrate

    store.label.write_text(json.dumps({"format": FORMAT - 1}), encoding="utf-8")
    monkeypatch.setitem(MIGRATIONS, FORMAT - 1, lambda one: (one.root / "new-shape").touch())
    assert migrate(store)
    assert store.format() == FORMAT and (store.root / "new-shape").is_file()
    backup = store.root.parent / f"store.before-version-{FORMAT}"
    assert json.loads((backup / "store.json").read_text(encoding="utf-8"))["format"] == FORMAT - 1
    assert not (backup / "new-shape").exists()
    assert not migrate(store)


def test_no_store_is_made_among_other_files(tmp_path: Path) -> None:
    tmp_path.joinpath("写给局长的信.docx").touch()
    with pytest.raises(AnalyzerError, match="other files"):
        Store(tmp_path).make()
    assert [path.name for path in tmp_path.iterdir()] == ["写给局长的信.docx"]
