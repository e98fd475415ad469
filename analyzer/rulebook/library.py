"""The whole library: vocabulary, law, parameters, profiles, calendar, facts and rules, read and checked for form.

What names and functions an expression may use is the engine's to check (`engine.check`): it knows their meaning.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from analyzer.model import AnalyzerError, Problem, Text, Vocabulary
from analyzer.model.law import Calendar, Instrument, Parameter, Profile
from analyzer.model.rule import FactBase, Rule
from analyzer.rulebook.calendar import load_calendar
from analyzer.rulebook.document import Document, nearest, read_document
from analyzer.rulebook.law import load_law
from analyzer.rulebook.parameters import load_parameters
from analyzer.rulebook.profiles import load_profiles
from analyzer.rulebook.vocabulary import load_vocabulary

_NOT_FAMILIES = {"tables", "facts", "law", "parameters", "profiles", "calendar", "samples", "coverage", "review"}
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class RuleFile:
    """A rule and the file it stands in."""

    rule: Rule
    document: Document

    @property
    def sha256(self) -> str:
        """The hash of the file, for the manifest of an audit."""
        return hashlib.sha256(self.document.path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Library:
    """Everything that the law side of an audit needs. `rules` is in the order of their codes."""

    folders: tuple[Path, ...]
    vocabulary: Vocabulary
    laws: Mapping[str, Instrument]
    parameters: Mapping[str, Parameter]
    profiles: Mapping[str, Profile]
    calendar: Calendar
    bases: Mapping[str, FactBase]
    base_files: Mapping[str, Document]
    rules: Mapping[str, RuleFile]


def rules_folder() -> Path:
    """Return the folder of the rules: inside the installed package, or beside it in a checkout."""
    installed = Path(str(files("analyzer") / "_rules"))
    return installed if installed.is_dir() else Path(__file__).resolve().parents[2] / "rules"


def load_library(extra: Sequence[Path] = (), folder: Path | None = None) -> Library:
    """Read the library and the rules of further folders (`--rules`).

    Raises one `AnalyzerError` that names every mistake of form in every file.
    """
    home = folder or rules_folder()
    laws = load_law(home / "law")
    parameters = load_parameters(home / "parameters", laws)
    problems: list[Problem] = []
    bases, base_files = _load_bases(home / "facts", problems)
    rules: dict[str, RuleFile] = {}
    for place in (home, *extra):
        if not place.is_dir():
            cause = Text("没有这个规则目录", "there is no such folder of rules")
            problems.append(Problem(f"--rules {place}", cause))
            continue
        _load_rules(place, laws, rules, problems)
    if problems:
        raise AnalyzerError(problems)
    return Library(
        folders=(home, *extra),
        vocabulary=load_vocabulary(home / "tables"),
        laws=laws,
        parameters=parameters,
        profiles=load_profiles(home / "profiles", parameters, laws),
        calendar=load_calendar(home / "calendar"),
        bases=bases,
        base_files=base_files,
        rules=dict(sorted(rules.items())),
    )


def _load_bases(folder: Path, problems: list[Problem]) -> tuple[dict[str, FactBase], dict[str, Document]]:
    bases, documents = {}, {}
    for path in sorted(folder.glob("*.yaml")):
        document = _document(path, problems)
        base = _validated(FactBase, document, problems) if document else None
        if document and base:
            bases[base.facts], documents[base.facts] = base, document
    return bases, documents


def rule_paths(folder: Path) -> list[Path]:
    """Return the rule files of a folder: every YAML file of every family, in code-point order."""
    own = [path for path in sorted(folder.glob("*.yaml")) if _is_rule(path)]
    families = [one for one in sorted(folder.iterdir()) if one.is_dir() and one.name not in _NOT_FAMILIES]
    return own + [path for family in families for path in sorted(family.glob("*.yaml"))]


def _is_rule(path: Path) -> bool:
    return "\ncode:" in "\n" + path.read_text(encoding="utf-8", errors="replace")


def _load_rules(
    folder: Path, laws: Mapping[str, Instrument], rules: dict[str, RuleFile], problems: list[Problem]
) -> None:
    for path in rule_paths(folder):
        document = _document(path, problems)
        rule = _validated(Rule, document, problems) if document else None
        if document is None or rule is None:
            continue
        if rule.code in rules:
            other = rules[rule.code].document.path.as_posix()
            cause = Text(f"代码 {rule.code} 已被 {other} 使用", f"the code {rule.code} is already used by {other}")
            problems.append(document.problem(cause, at=["code"]))
        problems.extend(_unknown_laws(document, rule, laws))
        rules[rule.code] = RuleFile(rule, document)


def _unknown_laws(document: Document, rule: Rule, laws: Mapping[str, Instrument]) -> list[Problem]:
    return [
        document.problem(
            Text(f"`{citation.law}` 不在 rules/law 中", f"`{citation.law}` is not in rules/law"),
            nearest(citation.law, laws),
            ["basis", number, "law"],
        )
        for number, citation in enumerate(rule.basis)
        if citation.law not in laws
    ]


def _document(path: Path, problems: list[Problem]) -> Document | None:
    try:
        return read_document(path)
    except AnalyzerError as error:
        problems.extend(error.problems)
        return None


def _validated(model: type[_Model], document: Document, problems: list[Problem]) -> _Model | None:
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems.extend(_form_problem(model, document, one) for one in error.errors())
        return None


def _form_problem(model: type[BaseModel], document: Document, error: Any) -> Problem:
    """Turn what pydantic found into place, cause and remedy."""
    steps = [step for step in error["loc"] if isinstance(step, str | int)]
    name = ".".join(str(step) for step in steps)
    if error["type"] == "missing":
        cause = Text(f"缺少 `{name}`", f"`{name}` is missing")
        return document.problem(cause, at=steps[:-1])
    if error["type"] == "extra_forbidden":
        known = [field.alias or key for key, field in model.model_fields.items()]
        cause = Text(f"不认识 `{name}`", f"`{name}` is not known here")
        remedy = nearest(str(steps[-1]), known)
        listed = Text(f"可用的有：{'、'.join(known)}", f"There are: {', '.join(known)}")
        return document.problem(cause, remedy if remedy.en else listed, steps)
    cause = Text(f"`{name}` 的写法不对：{error['msg']}", f"`{name}` is not right: {error['msg']}")
    return document.problem(cause, at=steps)
