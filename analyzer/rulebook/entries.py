"""The dated values of a parameter, as its own file, a profile and the command line state them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from rapidfuzz import fuzz

from analyzer.model import Text
from analyzer.model.law import BASE, Citation, Instrument, Parameter, ParameterEntry, Status, Value
from analyzer.rulebook.checks import NOTHING, Checker, Steps
from analyzer.rulebook.document import nearest

_KEYS = ("from", "value", "basis", "status", "checked_on", "note")
_BASIS_KEYS = ("law", "article")
_READ = (Status.VERIFIED, Status.VERIFIED_X)
_STATUSES = (*_READ, Status.RECALLED, Status.REFERENCE)
_MISSPELT = 75  # from this likeness on, an unknown law in a profile is taken for a misspelt id


@dataclass(frozen=True)
class EntryReader:
    """Reads dated values: `origin` is the profile that states them, or `BASE` for the parameter's own file.

    A profile may rest a value on a law that is not in `rules/law` by naming it in words, and may leave out
    how well a value is known; a parameter's own file may do neither.
    """

    checker: Checker
    laws: Mapping[str, Instrument]
    origin: str = BASE

    def entries(self, parameter: Parameter, raw: Any, at: Steps) -> tuple[ParameterEntry, ...]:
        """Return the entries of a list, latest first; note bad ones and repeated dates."""
        if not isinstance(raw, list) or not raw:
            self.checker.report(
                at, f"`{at[-1]}` 应是至少一个带日期的值", f"`{at[-1]}` must list at least one dated value"
            )
            return ()
        found: dict[date, ParameterEntry] = {}
        for place, item in enumerate(raw):
            entry = self._entry(parameter, item, (*at, place))
            if entry is None:
                continue
            if entry.start in found:
                zh, en = entry.from_ or "不写 from", entry.from_ or "the beginning (no `from`)"
                self.checker.report((*at, place), f"起始日重复：{zh}", f"a second value from {en}")
            found[entry.start] = entry
        return tuple(found[start] for start in sorted(found, reverse=True))

    def plain(self, parameter: Parameter, raw: Any, at: Steps) -> tuple[ParameterEntry, ...]:
        """Return the single entry of a value that is written without dates: from the beginning of time."""
        value = read_value(parameter, raw)
        if isinstance(value, Text):
            self.checker.report(at, value.zh, value.en, value_remedy(parameter))
            return ()
        return (ParameterEntry(None, value, unstated_status(parameter), origin=self.origin),)

    def _entry(self, parameter: Parameter, raw: Any, at: Steps) -> ParameterEntry | None:
        if not isinstance(raw, dict):
            self.checker.report(at, "应写作 {value: …}", "write this as {value: ...}")
            return None
        required = ("value", "status") if self.origin == BASE else ("value",)
        self.checker.keys(raw, _KEYS, required, at)
        basis = self._basis(raw.get("basis"), (*at, "basis"))
        from_ = self.checker.day(raw, "from", at)
        self._check_dates(from_, basis, at)
        status = self._status(parameter, raw, bool(basis), at)
        checked_on, note = self.checker.day(raw, "checked_on", at), self.checker.text(raw, "note", at)
        value = read_value(parameter, raw.get("value"))
        if isinstance(value, Text):
            self.checker.report((*at, "value"), value.zh, value.en, value_remedy(parameter))
            return None
        return ParameterEntry(from_, value, status, basis, checked_on, note, self.origin)

    def _status(self, parameter: Parameter, raw: dict[Any, Any], has_basis: bool, at: Steps) -> Status:
        word = self.checker.word(raw, "status", _STATUSES, at)
        if word in _READ and not has_basis:
            zh, en = f"`{word}` 的值须写明依据 basis", f"a value that is {word} must name its basis"
            self.checker.report((*at, "status"), zh, en)
        if self.origin != BASE and not has_basis and parameter.recalled:
            return Status.RECALLED
        return Status(word or Status.SET)

    def _basis(self, raw: Any, at: Steps) -> tuple[Citation, ...]:
        if raw is None:
            return ()
        if isinstance(raw, list):
            return tuple(c for place, item in enumerate(raw) for c in self._basis(item, (*at, place)))
        if isinstance(raw, str) and self.origin != BASE:
            return (Citation(raw),)
        fields = self.checker.mapping(raw, at)
        if fields is None:
            return ()
        self.checker.keys(fields, _BASIS_KEYS, ("law",), at)
        self._check_law(str(fields.get("law", "")), (*at, "law"))
        article = fields.get("article")
        if isinstance(article, dict):
            return (Citation(str(fields.get("law", "")), self.checker.text(fields, "article", at)),)
        return (Citation(str(fields.get("law", "")), None if article is None else str(article)),)

    def _check_law(self, law: str, at: Steps) -> None:
        if not law or law in self.laws:
            return
        near = nearest(law, self.laws)
        alike = max((fuzz.ratio(law, known) for known in self.laws), default=0)
        if self.origin == BASE or alike >= _MISSPELT:
            self.checker.report(at, f"没有文书 `{law}`", f"there is no instrument `{law}` in rules/law", near)

    def _check_dates(self, from_: date | None, basis: tuple[Citation, ...], at: Steps) -> None:
        """A dated value cannot have begun before its law, nor after the law's end."""
        for law in (self.laws[c.law] for c in basis if c.law in self.laws):
            if from_ and ((law.from_ and from_ < law.from_) or (law.until and from_ > law.until)):
                zh = f"{from_} 不在 `{law.id}` 的有效期内（{law.from_ or ''}至{law.until or ''}）"
                en = f"`{law.id}` was not in force on {from_} (from {law.from_}, until {law.until})"
                self.checker.report((*at, "from"), zh, en)


def unstated_status(parameter: Parameter) -> Status:
    """The status of a value that comes without a basis."""
    return Status.RECALLED if parameter.recalled else Status.SET


def read_value(parameter: Parameter, raw: Any) -> Value | Text:
    """Return a value of YAML in the parameter's type, or a text that says what is wrong with it."""
    if raw is None:
        return None
    is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
    if parameter.type == "integer" and is_number and isinstance(raw, int):
        return _within(parameter, raw)
    if parameter.type == "decimal" and is_number:
        return _within(parameter, Decimal(str(raw)))
    if parameter.type == "date" and type(raw) is date:
        return raw
    if parameter.type == "choice" and raw in parameter.choices:
        return str(raw)
    return _wrong_type(parameter, raw)


def parse_value(parameter: Parameter, text: str) -> Value | Text:
    """Return the value that `--set NAME=text` means, or a text that says what is wrong with it."""
    text = text.strip()
    if text.casefold() == "null":
        return None
    try:
        match parameter.type:
            case "date":
                return date.fromisoformat(text)
            case "integer":
                return _within(parameter, int(text))
            case "decimal":
                return _within(parameter, Decimal(text))
    except (ValueError, InvalidOperation):
        return _wrong_type(parameter, text)
    return read_value(parameter, text)


def _wrong_type(parameter: Parameter, raw: object) -> Text:
    kind = _TYPE_NAMES[parameter.type]
    return Text(f"`{raw}` 不是{kind.zh}", f"`{raw}` is not {kind.en}")


def _within(parameter: Parameter, number: int | Decimal) -> Value | Text:
    if not Decimal(number).is_finite() or number < 0:
        return Text(f"`{number}` 应是不小于零的数", f"`{number}` must be a number of zero or more")
    if parameter.unit == "share" and number > 1:
        return Text(f"`{number}` 应是零到一之间的比例", f"`{number}` must be a share between 0 and 1")
    if isinstance(number, Decimal):
        return Decimal(f"{number:f}")  # 1E+3 would be no exact number in SQL
    return number


def value_remedy(parameter: Parameter) -> Text:
    """What to write instead of a value that does not fit."""
    if parameter.type == "choice":
        words = ", ".join(parameter.choices)
        return Text(f"可用：{words}", f"Allowed: {words}")
    return _REMEDIES.get(parameter.type, NOTHING)


_TYPE_NAMES = {
    "integer": Text("整数", "a whole number"),
    "decimal": Text("数", "a number"),
    "date": Text("日期", "a date"),
    "choice": Text("可选的词", "one of the allowed words"),
}
_REMEDIES = {
    "integer": Text("写作 7，不加引号、单位；空值写 null", "Write 7, without quotes or unit, or null"),
    "decimal": Text("写作 0.03，不加引号、单位；空值写 null", "Write 0.03, without quotes or unit, or null"),
    "date": Text("写作 2021-07-15；空值写 null", "Write 2021-07-15, or null"),
}
