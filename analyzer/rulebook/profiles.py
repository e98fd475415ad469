"""What a place changes: `rules/profiles/*.yaml` and the file that a bureau writes itself.

A profile extends another one. Its dated entries win from their first date on; before that date the value of
the profile that it extends holds. A value that is written without dates holds from the beginning of time.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.model.law import Instrument, Parameter, ParameterEntry, Profile
from analyzer.rulebook.checks import Checker, read_folder
from analyzer.rulebook.document import Document, nearest, read_document
from analyzer.rulebook.entries import EntryReader
from analyzer.rulebook.law import read_instruments

_KEYS = ("id", "extends", "title", "note", "parameters", "instruments")


def load_profiles(
    folder: Path, parameters: Mapping[str, Parameter], laws: Mapping[str, Instrument]
) -> dict[str, Profile]:
    """Read every profile of `folder` (`rules/profiles`) by id; raise `AnalyzerError` naming every mistake."""
    problems: list[Problem] = []
    profiles: dict[str, Profile] = {}
    documents: dict[str, Document] = {}
    for document in read_folder(folder, problems):
        checker = Checker(document, problems)
        profile = _profile(checker, parameters, laws)
        if profile.id in profiles:
            checker.report(("id",), f"配置 `{profile.id}` 重复", f"a second profile `{profile.id}`")
        profiles[profile.id] = profile
        documents[profile.id] = document
    for name, document in documents.items():
        _check_parents(Checker(document, problems), name, profiles)
    if problems:
        raise AnalyzerError(problems)
    return profiles


def load_profile_file(
    path: Path,
    profiles: Mapping[str, Profile],
    parameters: Mapping[str, Parameter],
    laws: Mapping[str, Instrument],
) -> Profile:
    """Read the profile that a bureau wrote itself, on top of the ones that are there."""
    problems: list[Problem] = []
    checker = Checker(read_document(path), problems)
    profile = _profile(checker, parameters, laws)
    _check_parents(checker, profile.id, {**profiles, profile.id: profile})
    if problems:
        raise AnalyzerError(problems)
    return profile


def chain_of(name: str, profiles: Mapping[str, Profile]) -> tuple[Profile, ...]:
    """Return the profile and those that it extends, the most local first; all have been checked before."""
    chain = [profiles[name]]
    while (parent := chain[-1].extends) is not None:
        chain.append(profiles[parent])
    return tuple(chain)


def merge(inherited: tuple[ParameterEntry, ...], own: tuple[ParameterEntry, ...]) -> tuple[ParameterEntry, ...]:
    """Put a profile's entries over those that it inherits; both and the result stand latest first."""
    if not own:
        return inherited
    return own + tuple(entry for entry in inherited if entry.start < own[-1].start)


def _profile(checker: Checker, parameters: Mapping[str, Parameter], laws: Mapping[str, Instrument]) -> Profile:
    data = checker.document.data
    checker.keys(data, _KEYS, ("id",))
    name = str(data.get("id", checker.document.path.stem))
    brought = checker.mapping(data.get("instruments") or {}, ("instruments",)) or {}
    own = read_instruments(checker, brought, name, ("instruments",))
    reader = EntryReader(checker, {**laws, **own}, name)
    return Profile(
        id=name,
        title=_title(checker, name),
        extends=None if data.get("extends") is None else str(data["extends"]),
        note=checker.text(data, "note"),
        overrides=_overrides(reader, parameters),
        instruments=own,
    )


def _title(checker: Checker, name: str) -> Text:
    title = checker.document.data.get("title", name)
    if isinstance(title, str):
        return Text(title, title)
    return checker.text(checker.document.data, "title") or Text(name, name)


def _overrides(reader: EntryReader, parameters: Mapping[str, Parameter]) -> dict[str, tuple[ParameterEntry, ...]]:
    checker = reader.checker
    stated = checker.mapping(checker.document.data.get("parameters") or {}, ("parameters",)) or {}
    overrides = {}
    for name, raw in stated.items():
        at = ("parameters", str(name))
        parameter = parameters.get(str(name))
        if parameter is None:
            remedy = nearest(str(name), parameters)
            checker.report(at, f"没有参数 `{name}`", f"there is no parameter `{name}`", remedy)
        elif isinstance(raw, list):
            overrides[parameter.name] = reader.entries(parameter, raw, at)
        else:
            overrides[parameter.name] = reader.plain(parameter, raw, at)
    return overrides


def _check_parents(checker: Checker, name: str, profiles: Mapping[str, Profile]) -> None:
    """Note a parent that does not exist, or a profile that in the end extends itself."""
    seen = [name]
    while (parent := profiles[seen[-1]].extends) is not None:
        if parent not in profiles:
            if len(seen) == 1:  # otherwise the profile that names it says so
                remedy = nearest(parent, profiles)
                zh, en = f"没有配置 `{parent}`", f"there is no profile `{parent}`"
                checker.report(("extends",), zh, en, remedy)
            return
        if parent in seen:
            path = " -> ".join([*seen, parent])
            checker.report(("extends",), f"配置循环引用：{path}", f"profiles extend one another in a circle: {path}")
            return
        seen.append(parent)
