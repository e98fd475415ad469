"""The exact versions: the same list for `uv run` and for pip, without any address, and of every dependency."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT.joinpath("constraints.txt").read_text(encoding="utf-8").splitlines()
PROJECT = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))


def test_both_lists_of_pins_agree() -> None:
    assert PROJECT["tool"]["uv"]["constraint-dependencies"] == PINS


def test_pins_hold_no_address() -> None:
    assert not [pin for pin in PINS if "://" in pin]


def test_a_pin_is_a_name_a_version_and_at_most_a_marker() -> None:
    shape = re.compile(r"[a-z0-9-]+==[0-9][\w.!+]*( ; .+)?")
    assert not [pin for pin in PINS if not shape.fullmatch(pin)]


def test_every_dependency_is_pinned() -> None:
    project = PROJECT["project"]
    wanted = [
        *project["dependencies"],
        *PROJECT["dependency-groups"]["dev"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    pinned = {pin.split("==")[0] for pin in PINS}
    assert {_name(one) for one in wanted} <= pinned


@pytest.mark.parametrize("wanted", PROJECT["project"]["dependencies"])
def test_a_dependency_has_a_range_in_the_project_file(wanted: str) -> None:
    assert ">=" in wanted and "==" not in wanted


def test_no_other_python_is_fetched() -> None:
    assert PROJECT["tool"]["uv"]["python-downloads"] == "never"


def _name(requirement: str) -> str:
    name = re.split(r"[\[<>=; ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()
