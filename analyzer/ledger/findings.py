"""Findings given as values or as a frame, as the ledger keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from analyzer.ledger.entry import Found
from analyzer.model import Text


def as_found(found: Iterable[Found] | Any) -> list[Found]:
    """Return findings given as values or as a frame with the columns of findings.parquet.

    The sentences of findings.parquet name vehicles and people and are not taken: only texts under `problem_zh`,
    `subject_shown_zh` and `explanation_shown_zh` (and `_en`), which the caller has masked.
    """
    return [one if isinstance(one, Found) else _of_row(one) for one in _rows(found)]


def _rows(found: Any) -> Iterator[Any]:
    if hasattr(found, "to_pylist"):  # Arrow
        return iter(found.to_pylist())
    if hasattr(found, "to_dicts"):  # polars
        return iter(found.to_dicts())
    if hasattr(found, "to_dict"):  # pandas
        return iter(found.to_dict("records"))
    return iter(found)


def _of_row(row: dict[str, Any]) -> Found:
    amount: Any = row.get("amount_yuan")
    rule = str(row["rule"])
    fen = None if _is_nothing(amount) else round(amount * 100)
    return Found(
        finding_id=str(row["finding_id"]),
        rule=rule,
        family=str(row.get("family") or rule.partition("-")[0]),
        verdict=str(row["verdict"]),
        severity=str(row["severity"]),
        force=str(row.get("force") or ""),
        subject_kind=str(row.get("subject_kind") or ""),
        subject=_shown(row, "subject_shown", ""),
        agency_id=row.get("agency_id") or None,
        agency=str(row.get("agency") or row.get("agency_id") or ""),
        station_id=row.get("station_id") or None,
        started_on=_day(row.get("started_on")),
        ended_on=_day(row.get("ended_on")),
        record_count=int(row.get("record_count") or 0),
        amount_fen=fen,
        problem=_shown(row, "problem", rule),
        explanation=_shown(row, "explanation_shown", ""),
        remedy=_shown(row, "remedy_shown", ""),
        fingerprint=str(row.get("fingerprint") or ""),
    )


def _shown(row: dict[str, Any], name: str, otherwise: str) -> Text:
    return Text(str(row.get(f"{name}_zh") or otherwise), str(row.get(f"{name}_en") or otherwise))


def _day(value: Any) -> date | None:
    if _is_nothing(value):
        return None
    day = value.date() if isinstance(value, datetime) else value
    assert isinstance(day, date)
    return day


def _is_nothing(value: Any) -> bool:
    """None, NaN or NaT: neither of the last two equals itself."""
    return value is None or bool(value != value)  # noqa: PLR0124


__all__ = ["as_found"]
