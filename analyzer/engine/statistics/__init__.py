"""Statistical methods that look at gathered units: each says what it expected, of how many, how, and how sure.

A method never accuses. It takes the rows of a gather and its settings, and adds the columns of `METHOD_COLUMNS`:
`flagged` is true, false, or null below the minimum sample. Formulas come from SciPy and statsmodels. Rules name a
method; no method knows a rule.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from analyzer.engine.language import LanguageError
from analyzer.engine.names import nearest
from analyzer.engine.setting import Setting
from analyzer.model import Text
from analyzer.model.rule import Method

METHOD_COLUMNS: dict[str, pl.DataType] = {
    "flagged": pl.Boolean(),
    "observed": pl.Float64(),
    "expected": pl.Float64(),
    "sample": pl.Int64(),
    "statistic": pl.Float64(),
    "p_value": pl.Float64(),
    "p_adjusted": pl.Float64(),
    "lower": pl.Float64(),
    "upper": pl.Float64(),
    "method": pl.String(),
}
"""What every method adds to each row: the answer, what was seen and expected, the size, the test and its limits."""

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class StatisticalMethod:
    """A method by name: what it does, the columns that it reads, its settings with their defaults, and the work.

    `least` names a column and a setting: units with less in the column than the setting says are silent, and the
    method says the same of all others whether it sees them or not.
    """

    about: str
    reads: tuple[str, ...]
    settings: Mapping[str, Any]
    judge: Callable[[pl.DataFrame, Settings], pl.DataFrame]
    least: tuple[str, str] | None = None


METHODS: dict[str, StatisticalMethod] = {}


def method(
    name: str, about: str, reads: tuple[str, ...], least: tuple[str, str] | None = None, **settings: Any
) -> Callable[[Any], Any]:
    """Register a function as the method `name`; `settings` are its settings with their defaults."""

    def register(judge: Callable[[pl.DataFrame, Settings], pl.DataFrame]) -> Callable[..., pl.DataFrame]:
        METHODS[name] = StatisticalMethod(about, reads, settings, judge, least)
        return judge

    return register


def check_method(setting: Setting, asked: Method) -> None:
    """Raise `LanguageError` when a rule names a method or a setting that does not exist."""
    if asked.name not in METHODS:
        cause = Text(f"没有统计方法 `{asked.name}`", f"there is no statistical method `{asked.name}`")
        raise LanguageError(cause, nearest(asked.name, list(METHODS)))
    for name in asked.settings:
        if name not in METHODS[asked.name].settings:
            cause = Text(f"方法 {asked.name} 没有设置 `{name}`", f"the method {asked.name} has no setting `{name}`")
            raise LanguageError(cause, nearest(name, list(METHODS[asked.name].settings)))
    resolved(setting, asked)


def resolved(setting: Setting, asked: Method) -> dict[str, Any]:
    """Return the settings of a method as plain values; a parameter is taken as in force on the day of the audit."""
    values = dict(METHODS[asked.name].settings)
    for name, value in asked.settings.items():
        values[name] = value
        if isinstance(value, str) and value.startswith("p."):
            parameter = setting.parameters.get(value.removeprefix("p."))
            if parameter is None:
                cause = Text(f"没有参数 `{value}`", f"there is no parameter `{value}`")
                raise LanguageError(cause, nearest(value.removeprefix("p."), list(setting.parameters)))
            entry = parameter.at(setting.as_of)
            values[name] = entry.value if entry else None
        if isinstance(values[name], Decimal):
            values[name] = float(values[name])
    return values


def looked_at(setting: Setting, asked: Method) -> str | None:
    """Return the SQL condition on the units that a method has to see; None when it has to see all of them."""
    least = METHODS[asked.name].least
    value = resolved(setting, asked)[least[1]] if least else None
    return None if least is None or value is None else f'"{least[0]}" >= {max(value, 1)}'


_loading = threading.Thread(target=importlib.import_module, args=("scipy.special",), daemon=True)


def load_ahead() -> None:
    """Begin to load SciPy beside the queries that come first: it takes half a second, once a process."""
    if _loading.ident is None:
        _loading.start()


def apply_method(setting: Setting, asked: Method, units: pl.DataFrame) -> pl.DataFrame:
    """Return the gathered rows with the columns of `METHOD_COLUMNS` added, in the same order."""
    if _loading.is_alive():
        _loading.join()
    work = METHODS[asked.name]
    lacking = [name for name in work.reads if name not in units.columns]
    if lacking:
        raise ValueError(f"the method {asked.name} reads {lacking[0]}, which the gather does not return")
    judged = work.judge(units, resolved(setting, asked)) if units.height else units
    added = [
        (pl.col(name) if name in judged.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in METHOD_COLUMNS.items()
    ]
    return judged.with_columns(added).select([*units.columns, *METHOD_COLUMNS])


from analyzer.engine.statistics import (  # noqa: E402, F401
    burst,
    calendar_share,
    connected,
    drift,
    frequency,
    funnel,
    reconcile,
    spread,
    strata_exact,
    surge,
)
