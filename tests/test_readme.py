"""What the documents promise: two commands that are the same everywhere, every command listed, help with an example."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from analyzer.cli.program import app

ROOT = Path(__file__).resolve().parent.parent
READMES = ["README.md", "README.zh-CN.md"]
DOCUMENTS = [*READMES, "CONTRIBUTING.md", "CHANGELOG.md", "docs/foreign-exports.md", "docs/rule-guide.md",
             "docs/nightly-scan.md", "docs/ledger.md", "docs/scale.md", "docs/shared-dashboard.md"]  # fmt: skip
DEMO = "python -m pip install uv && python -m uv run analyzer demo"
TEST = "python -m pip install uv && python -m uv run pytest"

PRINT_HELP = """
import json, sys
from analyzer.cli.program import app
import click, typer
from typer.testing import CliRunner
runner, group = CliRunner(), typer.main.get_command(app)
def walk(group, path):
    yield path
    for name, one in getattr(group, "commands", {}).items():
        yield from walk(one, [*path, name])
print(json.dumps({" ".join(path): runner.invoke(app, [*path, "--help"]).output for path in walk(group, [])}))
"""


def read(name: str) -> str:
    return ROOT.joinpath(name).read_text(encoding="utf-8")


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command of the program that does something: `audit`, `rules list` ..."""
    inner = getattr(group, "commands", {})
    if not inner:
        yield " ".join(path)
    for name, one in inner.items():
        yield from commands(one, (*path, name))


COMMANDS = sorted(commands(typer.main.get_command(app)))


@pytest.fixture(scope="module", params=["zh", "en"])
def helps(request: pytest.FixtureRequest) -> tuple[str, dict[str, str]]:
    """The help of every command and group in one language."""
    environment = {**os.environ, "ANALYZER_LANG": request.param, "COLUMNS": "160", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", PRINT_HELP],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        encoding="utf-8",
    )
    return request.param, json.loads(done.stdout)


@pytest.mark.parametrize("name", READMES)
def test_both_readmes_give_the_same_two_commands(name: str) -> None:
    blocks = re.findall(r"```bash\n(.*?)\n```", read(name), re.DOTALL)
    assert blocks == [DEMO, TEST]


def test_the_machine_that_checks_runs_the_command_of_the_readme() -> None:
    assert "README.md" in read(".ci/run")
    finds = re.search(r"test_command=\$\(grep -E '([^']+)' README\.md\)", read(".ci/run"))
    assert finds
    assert re.findall(finds[1], read("README.md"), re.MULTILINE) == [TEST]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", READMES)
def test_every_command_is_in_the_readme(name: str, command: str) -> None:
    assert f"`analyzer {command}" in read(name)


@pytest.mark.parametrize("name", READMES)
def test_the_readme_names_no_command_that_is_not_there(name: str) -> None:
    words = {word for command in COMMANDS for word in command.split()[1:]}
    named = re.findall(r"`analyzer ([a-z]+(?: [a-z]+)*)", read(name))
    kept = {" ".join([first, *(word for word in rest if word in words)]) for first, *rest in map(str.split, named)}
    assert kept <= {*COMMANDS, *(command.split()[0] for command in COMMANDS)}


def test_help_holds_an_example_in_both_languages(helps: tuple[str, dict[str, str]]) -> None:
    language, texts = helps
    assert {*COMMANDS} < {*texts}
    for command, text in texts.items():
        shown = re.sub(r"Usage:.*", "", text)
        assert re.search(rf"analyzer {command}".strip() + r"\b", shown), f"{language}: {command} --help has no example"
        chinese = len(re.findall(r"[\u4e00-\u9fff]", text))
        assert (chinese > 5) if language == "zh" else (chinese == 0), f"{language}: {command} --help"


def test_both_readmes_have_the_same_sections() -> None:
    english, chinese = (re.findall(r"^(#+) ", read(name), re.MULTILINE) for name in READMES)
    assert english == chinese


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_between_documents_lead_somewhere(name: str) -> None:
    folder = ROOT.joinpath(name).parent
    for target in re.findall(r"\]\(([^)#]+)\)", read(name)):
        assert "://" not in target, target
        assert folder.joinpath(target).exists(), target


def test_the_changelog_has_its_two_parts() -> None:
    parts = re.findall(r"^## (.+)$", read("CHANGELOG.md"), re.MULTILINE)
    assert parts == ["Law 法律", "Program 程序"]
