"""Which values of the law a finding rests on: each with its date, its article and who states it."""

from __future__ import annotations

import json
from datetime import date

from analyzer.engine.compile import CompiledRule
from analyzer.engine.term import constant_sql, starts
from analyzer.model.law import Citation, ParameterEntry


def parameters_json(rule: CompiledRule, first: str, last: str) -> str:
    """Return the SQL of the JSON of the parameters of a finding; `first` and `last` are columns: the smallest and the
    largest of the entry numbers of its rows.

    Where the records of one finding fall under two versions of a number, both stand in the list.
    """
    names = list(rule.parameters)
    if not names:
        return "'{}'"
    known = rule.scope.setting.parameters
    cases: dict[str, str] = {}
    for start in starts(known[name] for name in names):
        values, numbers = {}, []
        for name in names:
            entry = known[name].at(start or date.min)
            numbers.append("-" if entry is None else str(known[name].entries.index(entry)))
            values[name] = {"value": None} if entry is None else _entry(entry, known[name].unit)
        text = constant_sql(json.dumps(values, ensure_ascii=False))
        cases[f"WHEN '{','.join(numbers)}' THEN {text}"] = ""
    one, other = (f"CASE {pick} {' '.join(cases)} ELSE '{{}}' END" for pick in (first, last))
    return f"CASE WHEN {first} IS NOT DISTINCT FROM {last} THEN {one} ELSE concat('[', {one}, ', ', {other}, ']') END"


def _entry(entry: ParameterEntry, unit: str) -> dict[str, object]:
    value = entry.value
    said: dict[str, object] = {
        "value": value if isinstance(value, int | str) or value is None else str(value),
        "unit": unit,
        "status": str(entry.status),
        "origin": entry.origin,
    }
    if entry.from_:
        said["from"] = entry.from_.isoformat()
    if entry.basis:
        said["basis"] = [_citation(one) for one in entry.basis]
    return said


def _citation(citation: Citation) -> dict[str, object]:
    article = citation.article
    said: dict[str, object] = {"law": citation.law}
    if article is not None:
        said["article"] = article if isinstance(article, str) else {"zh": article.zh, "en": article.en}
    return said
