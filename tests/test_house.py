"""The order of the house: which room may import which, which library lives where, and how long a file may grow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ANALYZER = ROOT / "analyzer"

FLOORS = [
    {"cli", "dashboard"},
    {"front door"},
    {"reports"},
    {"ledger", "store"},
    {"engine"},
    {"samples"},
    {"records", "rulebook"},
    {"model"},
]
"""The rooms from the roof to the ground. A room imports rooms below its own floor, never above or beside it."""

FRONT_DOOR = {"analyzer/__init__.py", "analyzer/api.py"}

LIBRARIES = {
    "duckdb": {"engine", "store", "records"},
    "pyspark": {"engine"},
    "streamlit": {"dashboard"},
    "plotly": {"dashboard", "reports"},
    "xlsxwriter": {"reports", "samples"},
    "docx": {"reports"},
    "matplotlib": {"reports"},
    "sqlalchemy": {"ledger"},
    "alembic": {"ledger"},
    "typer": {"cli"},
    "rich": {"cli"},
    "fastexcel": {"records"},
    "ruamel": {"rulebook"},
    "sqlglot": {"engine", "reports", "cli"},
    "scipy": {"engine"},
    "statsmodels": {"engine"},
}
"""The rooms that may import a library; the workbook of made exports is written in `samples`."""

TYPES_ONLY = {"duckdb": {"reports", "front door"}}
"""The rooms that may name the connection that another room opened, as the type of an argument, and nothing else."""

EXCEPTIONS: dict[tuple[str, str], str] = {}
"""(file, import) -> why it is let through. The list started empty and should stay so."""

MOST_LINES, MOST_LINES_OF_FUNCTION = 350, 60
LONG_FILES: dict[str, str] = {}
"""Longer files, each with its reason. The list may only shrink."""

RULE_CODE = re.compile(r"^code: *([A-Z]{3}-\d{2})", re.MULTILINE)

FILES = sorted(ANALYZER.rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str:
    name = named(path)
    return "front door" if name in FRONT_DOOR else path.relative_to(ANALYZER).parts[0]


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), path.as_posix())


def imports_of(tree: ast.Module) -> Iterator[str]:
    """Every module that the file imports, at its top or inside a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_imported(module: str) -> str | None:
    """The room of ours that an import enters; None for what is not ours."""
    parts = module.split(".")
    if parts[0] != "analyzer":
        return None
    rooms = {room for floor in FLOORS for room in floor}
    return parts[1] if len(parts) > 1 and parts[1] in rooms else "front door"


def wrong_imports(name: str, room: str, tree: ast.Module) -> list[str]:
    """What a file imports from above or beside its room."""
    wrong = []
    for module in imports_of(tree):
        target = room_imported(module)
        if target in (None, room) or (name, module) in EXCEPTIONS:
            continue
        if floor_of(target) <= floor_of(room):
            wrong.append(f"{name} ({room}) imports {module} ({target})")
    return wrong


def wrong_libraries(name: str, room: str, tree: ast.Module) -> list[str]:
    """The libraries that a file imports outside their rooms."""
    found = {module.split(".")[0] for module in imports_of(tree)} & LIBRARIES.keys()
    wrong = [one for one in sorted(found) if room not in LIBRARIES[one]]
    return [
        f"{name} ({room}) imports {one}"
        for one in wrong
        if room not in TYPES_ONLY.get(one, ()) or used_of(one, tree) != {"DuckDBPyConnection"}
    ]


def used_of(library: str, tree: ast.Module) -> set[str]:
    """What a file uses of a library that it imported whole."""
    attributes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return {node.attr for node in attributes if isinstance(node.value, ast.Name) and node.value.id == library}


def test_every_room_has_its_floor() -> None:
    rooms = {path.name for path in ANALYZER.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert rooms <= {room for floor in FLOORS for room in floor}


def test_rooms_import_downwards_only() -> None:
    assert [wrong for path in FILES for wrong in wrong_imports(named(path), room_of(path), tree_of(path))] == []


def test_libraries_stay_in_their_rooms() -> None:
    assert [wrong for path in FILES for wrong in wrong_libraries(named(path), room_of(path), tree_of(path))] == []


def test_every_exception_is_still_needed() -> None:
    imported = {(named(path), module) for path in FILES for module in imports_of(tree_of(path))}
    assert EXCEPTIONS.keys() <= imported
    for name in LONG_FILES:
        assert len(ROOT.joinpath(name).read_text(encoding="utf-8").splitlines()) > MOST_LINES, name


@pytest.mark.parametrize(
    ("room", "line", "wrong"),
    [
        ("records", "from analyzer.rulebook.library import load_library", True),
        ("records", "from analyzer.model import Text", False),
        ("model", "import analyzer.engine.audit", True),
        ("model", "from analyzer import engine", True),
        ("engine", "from analyzer.samples import make_bureau", False),
        ("reports", "from analyzer.cli.language import say", True),
        ("reports", "from analyzer import audit", True),
        ("store", "from analyzer.ledger import models", True),
        ("dashboard", "from analyzer.cli import console", True),
        ("cli", "def f():\n    from analyzer.reports.workbook import write_workbook", False),
        ("engine", "def f():\n    from analyzer.store.package import Package", True),
    ],
)
def test_the_check_of_imports_sees_what_it_should(room: str, line: str, wrong: bool) -> None:
    assert bool(wrong_imports("x.py", room, ast.parse(line))) is wrong


@pytest.mark.parametrize(
    ("room", "line", "wrong"),
    [
        ("cli", "import duckdb", True),
        ("reports", "import duckdb\n\ndef f(con: duckdb.DuckDBPyConnection): ...", False),
        ("reports", "import duckdb\n\ndef f(con: duckdb.DuckDBPyConnection): duckdb.connect()", True),
        ("engine", "import duckdb", False),
        ("rulebook", "from streamlit.testing import v1", True),
        ("dashboard", "import plotly.graph_objects as go", False),
    ],
)
def test_the_check_of_libraries_sees_what_it_should(room: str, line: str, wrong: bool) -> None:
    assert bool(wrong_libraries("x.py", room, ast.parse(line))) is wrong


def test_no_python_knows_a_rule() -> None:
    files = (path.read_text(encoding="utf-8") for path in ROOT.joinpath("rules").rglob("*.yaml"))
    codes = {code for text in files for code in RULE_CODE.findall(text)}
    assert codes
    found = [
        f"{named(path)}:{node.lineno} {node.value[:60]!r}"
        for path in FILES
        for node in texts_of(tree_of(path))
        if any(code in node.value for code in codes) and "analyzer " not in node.value
    ]
    assert found == [], "rule codes stand in docstrings and in the examples of the help only"


def texts_of(tree: ast.Module) -> Iterator[ast.Constant]:
    """Every text of a file but its docstrings."""
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in statements:
            yield node


def test_files_and_functions_stay_short() -> None:
    long = []
    for path in FILES:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MOST_LINES and named(path) not in LONG_FILES:
            long.append(f"{named(path)}: {lines} lines")
        functions = (one for one in ast.walk(tree_of(path)) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
        long += [
            f"{named(path)}:{one.lineno} {one.name}: {length_of(one)} lines"
            for one in functions
            if length_of(one) > MOST_LINES_OF_FUNCTION
        ]
    assert long == []


def length_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_everything_public_says_what_it_is_for() -> None:
    bare = [f"{named(path)}: module" for path in FILES if not ast.get_docstring(tree_of(path))]
    for path in FILES:
        bare += [f"{named(path)}:{node.lineno} {node.name}" for node in public_of(tree_of(path))]
    assert bare == []


def public_of(node: ast.Module | ast.ClassDef) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    """The public classes, functions and methods that have no docstring; what overrides another needs none."""
    for one in node.body:
        if not isinstance(one, ast.ClassDef | ast.FunctionDef) or one.name.startswith("_"):
            continue
        overrides = any(isinstance(mark, ast.Name) and mark.id == "override" for mark in one.decorator_list)
        if not ast.get_docstring(one) and not overrides:
            yield one
        if isinstance(one, ast.ClassDef):
            yield from public_of(one)


def test_no_committed_text_names_a_place_of_one_machine() -> None:
    """What is shipped names no index, no download host and no folder of whoever wrote it."""
    place = re.compile(r"(?<![\w.])/(?:work|root|home|Users|tmp|mnt|opt)/|pypi\.|pythonhosted|files\.python")
    here = Path(__file__).resolve()
    folders = ("analyzer", "data", "docs", "rules", "scripts", ".ci", ".streamlit", "notebooks", "tests")
    files = [path for folder in folders for path in ROOT.joinpath(folder).rglob("*") if path.is_file()]
    files += [path for path in ROOT.iterdir() if path.suffix in {".md", ".toml", ".txt", ".yaml", ".py"}]
    found = []
    for path in files:
        if path == here or path.suffix not in TEXT_ENDINGS or "__pycache__" in path.parts:
            continue
        lines = enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        found += [f"{named(path)}:{number} {line.strip()[:80]}" for number, line in lines if place.search(line)]
    assert found == []


TEXT_ENDINGS = {"", ".md", ".toml", ".txt", ".yaml", ".yml", ".py", ".ipynb", ".json", ".sql", ".csv"}
