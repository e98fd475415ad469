"""The rule library with a few rules only: a night under it is quick, and the same while rules are being written."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from analyzer.rulebook import library
from analyzer.rulebook.library import rule_paths, rules_folder


def write_few_rules(folder: Path, codes: Iterable[str]) -> Path:
    """Copy the library with the rules of these codes into `folder` and return it."""
    home = rules_folder()
    for place in ("tables", "facts", "law", "parameters", "profiles", "calendar"):
        shutil.copytree(home / place, folder / place)
    for path in rule_paths(home):
        if any(f"code: {code}\n" in path.read_text(encoding="utf-8") for code in codes):
            target = folder / path.relative_to(home)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, target)
    return folder


def use_rules(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Have every scan of this process judge by the library in `folder`."""
    patch.setattr(library, "rules_folder", lambda: folder)


if __name__ == "__main__":  # `python -m tests.store.few_rules LIBRARY scan --store ...`: the program under that library
    import sys

    few = Path(sys.argv.pop(1))
    library.rules_folder = lambda: few
    from analyzer.cli import main

    main()
