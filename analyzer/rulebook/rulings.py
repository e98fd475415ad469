"""The law of one place: parameters, profiles and the command line put together for one audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.model.law import SET, Instrument, Parameter, ParameterEntry, Profile, Rulings, Value
from analyzer.rulebook.document import nearest
from analyzer.rulebook.entries import parse_value, unstated_status, value_remedy
from analyzer.rulebook.profiles import chain_of, load_profile_file, merge

DEFAULT_PROFILE = "sanmenxia"
"""The mission's own documents are the default rulebook."""

T = TypeVar("T")


def resolve(
    parameters: Mapping[str, Parameter],
    profiles: Mapping[str, Profile],
    laws: Mapping[str, Instrument],
    profile: str | Path = DEFAULT_PROFILE,
    settings: Sequence[str] = (),
) -> Rulings:
    """Return every parameter with the entries in force under `profile`, latest first.

    `profile` is the id of a known profile or a file. `settings` are the `NAME=VALUE` texts of `--set`: each
    replaces all entries of its parameter. Raises `AnalyzerError` with every mistake of both.
    """
    problems: list[Problem] = []
    chain = _collect(lambda: _chain(parameters, profiles, laws, profile), problems) or ()
    given = _collect(lambda: _settings(parameters, settings), problems) or {}
    if problems:
        raise AnalyzerError(problems)
    ruled = {}
    for name, parameter in parameters.items():
        entries = parameter.entries
        for place in reversed(chain):
            entries = merge(entries, place.overrides.get(name, ()))
        if name in given:
            entries = (ParameterEntry(None, given[name], unstated_status(parameter), origin=SET),)
        ruled[name] = replace(parameter, entries=entries)
    brought = {name: law for place in reversed(chain) for name, law in place.instruments.items()}
    return Rulings(tuple(place.id for place in chain), ruled, {**laws, **brought})


def _chain(
    parameters: Mapping[str, Parameter],
    profiles: Mapping[str, Profile],
    laws: Mapping[str, Instrument],
    profile: str | Path,
) -> tuple[Profile, ...]:
    if isinstance(profile, str) and profile in profiles:
        return chain_of(profile, profiles)
    path = Path(profile)
    if isinstance(profile, str) and not path.is_file() and path.suffix not in {".yaml", ".yml"}:
        near, known = nearest(profile, profiles), ", ".join(profiles)
        cause = Text(f"没有配置 `{profile}`", f"there is no profile `{profile}`")
        remedy = Text(f"{near.zh}可用：{known}，或给出一个文件", f"{near.en} Known: {known}, or give a file".strip())
        raise AnalyzerError(Problem("--profile", cause, remedy))
    own = load_profile_file(path, profiles, parameters, laws)
    return chain_of(own.id, {**profiles, own.id: own})


def _settings(parameters: Mapping[str, Parameter], settings: Sequence[str]) -> dict[str, Value]:
    problems: list[Problem] = []
    given: dict[str, Value] = {}
    for setting in settings:
        name, sign, text = (part.strip() for part in setting.partition("="))
        parameter = parameters.get(name)
        if not sign:
            cause = Text(f"`{setting}` 应写作 名称=值", f"`{setting}` must be written as NAME=VALUE")
            problems.append(Problem(SET, cause, nearest(name, parameters)))
        elif parameter is None:
            cause = Text(f"没有参数 `{name}`", f"there is no parameter `{name}`")
            problems.append(Problem(SET, cause, nearest(name, parameters)))
        elif name in given:
            cause = Text(f"`{name}` 给了两次", f"`{name}` is given twice")
            problems.append(Problem(SET, cause))
        else:
            value = parse_value(parameter, text)
            if isinstance(value, Text):
                cause = Text(f"{name}：{value.zh}", f"{name}: {value.en}")
                problems.append(Problem(SET, cause, value_remedy(parameter)))
            else:
                given[name] = value
    if problems:
        raise AnalyzerError(problems)
    return given


def _collect(step: Callable[[], T], problems: list[Problem]) -> T | None:
    try:
        return step()
    except AnalyzerError as error:
        problems.extend(error.problems)
        return None
