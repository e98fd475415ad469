"""Two packages side by side: what appeared, went, changed its answer, and what differs between the audits."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Run

Packages = tuple[Path, Path]


def test_a_parameter_that_is_set_changes_answers(run: Run, packages: Packages) -> None:
    data = json.loads(run("compare", *packages, "--json").out)
    assert {(one["rule"], one["kind"], one["before"], one["after"]) for one in data["findings"]} == {
        ("NTC-05", "changed", "review", "breach")
    }
    assert data["records"]["changed"] == 1
    assert {(one["what"], one["name"]) for one in data["differences"]} == {
        ("set", ""),
        ("parameter", "notify_deadline"),
    }


def test_the_other_way_round_is_the_mirror(run: Run, packages: Packages) -> None:
    data = json.loads(run("compare", *reversed(packages), "--json").out)
    assert [(one["before"], one["after"]) for one in data["findings"]] == [("breach", "review")]


def test_a_package_is_the_same_as_itself(run: Run, packages: Packages) -> None:
    data = json.loads(run("compare", packages[0], packages[0], "--json").out)
    assert data["findings"] == data["differences"] == []
    assert data["same"] > 0


def test_a_rule_that_was_left_out_goes(run: Run, packages: Packages, tmp_path: Path) -> None:
    import analyzer

    exports = packages[0].parent / "exports-again"
    if not exports.exists():
        from tests.small_export import write_export

        write_export(exports)
    analyzer.audit(exports, as_of="2025-12-31", select=["DEV-01"], out=tmp_path / "less")
    data = json.loads(run("compare", packages[0], tmp_path / "less", "--json").out)
    assert "gone" in {one["kind"] for one in data["findings"]}
    assert ("rule", "NTC-05") in {(one["what"], one["name"]) for one in data["differences"]}


def test_the_screen_is_masked_and_ends_with_a_sentence(run: Run, packages: Packages) -> None:
    said = run("compare", *packages)
    assert said.status == 0
    assert "豫M00002" not in said.out
    assert "改变结论 1 个" in said.out
    shown = run("compare", *packages, "--show-personal")
    assert "豫M00002" in shown.out
    assert "个人信息" in shown.err


def test_what_is_no_package_is_refused(run: Run, packages: Packages, tmp_path: Path) -> None:
    assert run("compare", packages[0], tmp_path).status == 2
