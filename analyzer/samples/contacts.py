"""The smaller tables of the clean bureau: permits, detentions, fees, inspections, complaints and reviews.

About one in a hundred cases ends in a detention or a complaint; one permit in forty vehicles. Every one is lawful.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from analyzer.samples.registers import Registers
from analyzer.samples.setting import Row, Setting
from analyzer.samples.traffic import Vehicles

_MOST = 20_000  # rows of each of these tables, however large the bureau


def make_contacts(
    setting: Setting, registers: Registers, vehicles: Vehicles, cases: pl.DataFrame, rng: np.random.Generator
) -> dict[str, list[Row]]:
    """Make the rows of all the smaller tables."""
    decided = cases.filter(pl.col("decided_on").is_not_null())
    detained = _some(decided, 70, rng)
    complained = _some(decided, 60, rng)
    return {
        "permits": list(_permits(setting, vehicles, rng)),
        "detentions": [_detention(setting, n, case, rng) for n, case in enumerate(detained, start=1)],
        "fees": [_unloading(setting, n, case) for n, case in enumerate(detained[::4], start=1)],
        "inspections": _inspections(setting, registers, vehicles, rng),
        "appeals": [_appeal(setting, n, case, rng) for n, case in enumerate(complained, start=1)],
        "targets": [],
    }


def _some(frame: pl.DataFrame, one_in: int, rng: np.random.Generator) -> list[Row]:
    if frame.is_empty():
        return []
    size = min(max(frame.height // one_in, 1), _MOST)
    return frame[np.sort(rng.choice(frame.height, size=size, replace=False))].to_dicts()


def _permits(setting: Setting, vehicles: Vehicles, rng: np.random.Generator) -> list[Row]:
    """Permits of vehicles that keep within their limits: no case rests on any of them."""
    size = min(vehicles.frame.height // 40 + 1, _MOST)
    rows = []
    for number, plate in enumerate(vehicles.frame["plate_no"][:size].to_list(), start=1):
        start = setting.first_day + timedelta(days=int(rng.integers(0, 500)))
        rows.append(
            {
                "permit_no": setting.number("permits", number),
                "plate_no": plate,
                "valid_from": start,
                "valid_until": start + timedelta(days=90),
                "approved_weight_kg": 60_000,
            }
        )
    return rows


def _detention(setting: Setting, number: int, case: Row, rng: np.random.Generator) -> Row:
    """Held from the filing for three weeks at most, so released before the decision (行政强制法 第25条)."""
    day: date = case["filed_on"]
    return {
        "detention_id": setting.number("detentions", number),
        "case_id": case["case_id"],
        "plate_no": case["plate_no"],
        "agency_id": case["agency_id"],
        "document_no": f"强措〔{day.year}〕第{number:05d}号",
        "detained_on": day,
        "released_on": day + timedelta(days=int(rng.integers(2, 20))),
        "reason": "拒不接受调查处理",
        "approved_on": day,
    }


def _unloading(setting: Setting, number: int, case: Row) -> Row:
    """Unloading at the carrier's cost after a decision on substitute performance (行政强制法 第51条)."""
    return {
        "fee_id": setting.number("fees", number),
        "plate_no": case["plate_no"],
        "station_id": case["station_id"],
        "agency_id": case["agency_id"],
        "kind": "unloading",
        "amount_yuan": 260,
        "charged_on": case["filed_on"],
        "substitute_decision_no": f"代履行〔{case['filed_on'].year}〕第{number:05d}号",
    }


def _inspections(setting: Setting, registers: Registers, vehicles: Vehicles, rng: np.random.Generator) -> list[Row]:
    """One agency inspects a carrier twice, a year apart; no two agencies share a carrier."""
    agencies = registers.agencies("transport")
    rows: list[Row] = []
    for place, carrier in enumerate(vehicles.enterprises[: _MOST // 2]):
        agency = agencies[place % len(agencies)]["agency_id"]
        pair = registers.officers(agency)[place % 4 : place % 4 + 2]
        first = date(2024, 3, 1) + timedelta(days=int(rng.integers(0, 280)))
        for day in (first, first + timedelta(days=340)):
            rows.append(
                {
                    "inspection_id": setting.number("inspections", len(rows) + 1),
                    "enterprise_id": carrier["enterprise_id"],
                    "agency_id": agency,
                    "officer1_id": pair[0]["officer_id"],
                    "officer2_id": pair[1]["officer_id"],
                    "inspected_on": day,
                    "kind": ("routine", "random", "special")[place % 3],
                }
            )
    return rows


def _appeal(setting: Setting, number: int, case: Row, rng: np.random.Generator) -> Row:
    """A complaint answered in time, or a reconsideration forwarded in time that upheld the decision."""
    received: date = case["served_on"] + timedelta(days=int(rng.integers(1, 8)))
    reconsideration = bool(rng.random() < 0.3)
    concluded: date | None = received + timedelta(days=int(rng.integers(10, 50)))
    if concluded is not None and concluded > setting.as_of:
        concluded = None
    return {
        "appeal_id": setting.number("appeals", number),
        "case_id": case["case_id"],
        "agency_id": case["agency_id"],
        "kind": "reconsideration" if reconsideration else "complaint",
        "received_on": received,
        "concluded_on": concluded,
        "replied_on": concluded,
        "is_satisfied": None if concluded is None else bool(rng.random() < 0.8),
        "result": "upheld" if reconsideration and concluded else None,
        "forwarded_on": received + timedelta(days=2) if reconsideration else None,
    }
