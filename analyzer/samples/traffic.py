"""The traffic of the clean bureau: vehicles, and every pass of theirs over a scale, made by columns.

Each vehicle passes once in each of `PASSES` equal spans of the two years, never twice within two days; so it can
neither be in two places at once nor be recorded twice for one pass. At most three of its passes are overloads
that lead to a notice, so no vehicle reaches the fourth fined overload of a year (公路安全保护条例 第66条).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from analyzer.samples.names import carriers, long_plates, people, phones, plates
from analyzer.samples.registers import Registers
from analyzer.samples.setting import Row, Setting

PASSES = 20
_DAY = 86_400
_REST = 2 * _DAY  # seconds between two passes of a vehicle at the least
_OVERLOAD_SHARE = 0.8  # of the three passes of a vehicle that may be overloads
_CARRIER_SHARE = 0.6
_FLEET = 6  # vehicles of one carrier that come by on average
_FINED_FROM = 1_010  # kg; up to 1,000 nobody is fined (超限运输车辆行驶公路管理规定 第43条)
_TOLERANCE = 0.055  # above the error that the scales are allowed

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Vehicles:
    """The vehicles of the clean bureau, by columns; `carrier` is -1 for a vehicle of a private person."""

    frame: pl.DataFrame
    limit: Numbers
    enterprises: list[Row]


def make_vehicles(setting: Setting, count: int, rng: np.random.Generator) -> Vehicles:
    """Make `count` vehicles with their plates, kinds, parties and carriers."""
    numbers = np.arange(count, dtype=np.int64)
    shares = np.array([limit.share for limit in setting.limits], dtype=float)
    kind = rng.choice(len(setting.limits), size=count, p=shares / shares.sum())
    color = np.array([limit.color for limit in setting.limits], dtype=object)[kind]
    long = color == "yellow_green"
    plate = np.where(long, long_plates(setting, numbers), plates(setting, numbers))
    fleets = max(count // 10, 1)
    carrier = np.where(rng.random(count) < _CARRIER_SHARE, rng.integers(0, fleets, count), -1)
    companies = carriers(setting, np.arange(fleets, dtype=np.int64))
    enterprise_ids = np.array([setting.number("enterprises", n + 1) for n in range(fleets)], dtype=object)
    frame = pl.DataFrame(
        {
            "plate_no": pl.Series(plate, dtype=pl.String),
            "plate_color": pl.Series(color, dtype=pl.String),
            "axle_count": np.array([limit.axles for limit in setting.limits])[kind],
            "vehicle_type": pl.Series(np.array([limit.type for limit in setting.limits])[kind]),
            "party_name": pl.Series(
                np.where(carrier >= 0, companies[carrier], people(setting, numbers)), dtype=pl.String
            ),
            "enterprise_id": _where(carrier >= 0, pl.Series(enterprise_ids[carrier], dtype=pl.String)),
            "phone": pl.Series(phones(numbers), dtype=pl.String),
        }
    )
    limit = np.array([limit.limit for limit in setting.limits], dtype=np.int64)[kind]
    return Vehicles(frame, limit, _enterprises(enterprise_ids, companies, carrier))


def _enterprises(ids: npt.NDArray[np.object_], names: npt.NDArray[np.object_], carrier: Numbers) -> list[Row]:
    """Carriers own more than ten times the trucks that come by, so fined ones stay below a tenth (第66条)."""
    seen = np.bincount(carrier[carrier >= 0], minlength=len(ids))
    return [
        {"enterprise_id": ids[n], "name": names[n], "vehicle_count": int(seen[n]) * 11 + 12 + n % 9}
        for n in range(len(ids))
    ]


@dataclass(slots=True)
class Traffic:
    """Passes in order of time: which vehicle, when, where, how heavy, and what became of it."""

    vehicle: Numbers
    second: Numbers  # of the epoch, local civil time
    scale: Numbers
    gross: Numbers
    limit: Numbers
    used: Flags  # an overload that leads to a notice
    light: Flags  # an overload within the permitted error of the scale: let go
    frame: pl.DataFrame


def make_traffic(
    setting: Setting, registers: Registers, vehicles: Vehicles, count: int, rng: np.random.Generator
) -> Traffic:
    """Make `count` passes of the vehicles over the scales of the registers."""
    place = np.arange(count, dtype=np.int64)
    vehicle, turn = place // PASSES, place % PASSES
    first = int((datetime.combine(setting.first_day, datetime.min.time()) - datetime(1970, 1, 1)).total_seconds())
    span = ((setting.last_day - setting.first_day).days * _DAY) // PASSES
    second = first + turn * span + rng.integers(0, span - _REST, count)
    may_overload = (turn + vehicle * 7) % PASSES % 7 == 0  # three of the twenty turns
    used = may_overload & (rng.random(count) < _OVERLOAD_SHARE)
    light = ~may_overload & (rng.random(count) < 0.02)
    limit = vehicles.limit[vehicle]
    gross = _weights(limit, used, light, rng)
    order = np.argsort(second, kind="stable")
    scale = rng.integers(0, len(registers.scales()), count)
    traffic = Traffic(
        vehicle[order],
        second[order],
        scale[order],
        gross[order],
        limit[order],
        used[order],
        light[order],
        pl.DataFrame(),
    )
    traffic.frame = _detections(setting, registers, vehicles, traffic, rng)
    return traffic


def _weights(limit: Numbers, used: Flags, light: Flags, rng: np.random.Generator) -> Numbers:
    """Gross weights: far enough over where a notice follows, within the permitted error where none does."""
    count = len(limit)
    share = np.where(used, _TOLERANCE + 0.5 * rng.beta(1.3, 4.0, count), rng.uniform(0.005, 0.045, count))
    over = np.ceil(limit * share / 10).astype(np.int64) * 10
    over = np.where(used, np.maximum(over, _FINED_FROM), np.maximum(over, 20))
    empty = (limit * rng.uniform(0.35, 0.98, count) / 10).astype(np.int64) * 10
    return np.asarray(np.where(used | light, limit + over, empty), dtype=np.int64)


def moments(seconds: Numbers) -> pl.Series:
    """Seconds of the epoch as moments."""
    return pl.Series(seconds * 1_000_000, dtype=pl.Int64).cast(pl.Datetime("us"))


def _detections(
    setting: Setting, registers: Registers, vehicles: Vehicles, traffic: Traffic, rng: np.random.Generator
) -> pl.DataFrame:
    count = len(traffic.vehicle)
    violation = traffic.used | traffic.light
    reviewed = traffic.second + rng.integers(3_600, 2 * _DAY, count)
    known = vehicles.frame.drop("party_name", "phone")[traffic.vehicle]
    long = known["vehicle_type"].to_numpy() == "combination"
    columns = {
        "record_id": numbered(setting, "detections", count),
        "detected_at": moments(traffic.second),
        "violation_type": _where(violation, "overload"),
        "gross_weight_kg": traffic.gross,
        "limit_weight_kg": traffic.limit,
        "length_mm": np.where(long, rng.integers(13_500, 17_900, count), rng.integers(6_000, 11_900, count)),
        "width_mm": rng.integers(2_300, 2_540, count),
        "height_mm": rng.integers(2_900, 3_980, count),
        "speed_kmh": np.round(rng.uniform(15, 75, count), 1),
        "photo_count": np.where(violation, rng.integers(3, 6, count), rng.integers(1, 3, count)),
        "has_video": violation | (rng.random(count) < 0.3),
        "reviewed_at": _where(violation, moments(reviewed)),
        "review_result": _where(violation, "passed"),
        "entered_at": _where(violation, moments(reviewed + rng.integers(300, 20_000, count))),
        "onsite_informed_at": _where(traffic.used & (rng.random(count) < 0.7), moments(traffic.second + 40)),
        "status": _where(traffic.light, "exempted"),
    }
    made = pl.DataFrame(columns).hstack(known).hstack(_places(registers)[traffic.scale])
    return made.with_columns(pl.when(pl.Series(violation)).then("reviewer_id").alias("reviewer_id"))


def _places(registers: Registers) -> pl.DataFrame:
    """Scale by scale: its number, its station, and who reviews its records."""
    scales = registers.scales()
    return pl.DataFrame(
        {
            "device_id": [device["device_id"] for device in scales],
            "station_id": [device["station_id"] for device in scales],
            "reviewer_id": [_reviewer(registers, device["station_id"]) for device in scales],
        }
    )


def numbered(setting: Setting, table: str, count: int) -> pl.Series:
    """Keys 1 to `count` of `table`; the pattern ends in a zero-padded number."""
    head, _, width = setting.numbering[table].partition("{0:0")
    numbers = pl.Series(np.arange(1, count + 1)).cast(pl.String).str.zfill(int(width.removesuffix("d}")))
    return head + numbers


def _reviewer(registers: Registers, station_id: str) -> str:
    agency = next(s["agency_id"] for s in registers.rows["stations"] if s["station_id"] == station_id)
    return str(registers.reviewers(agency)[0]["officer_id"])


def _where(flags: Flags, values: pl.Series | str) -> pl.Series:
    """The value where the flag is up, a blank elsewhere."""
    value = pl.lit(values)
    return pl.DataFrame({"flag": flags}).select(pl.when("flag").then(value)).to_series()
