"""The registers of the clean bureau: bodies, stations, devices with certificates, officers, permits' kin.

Everything here was lawful before the first detection and stays so past the audit's day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from analyzer.samples.names import phones, short_people
from analyzer.samples.setting import Row, Setting

OFFICERS, AUXILIARIES, REVIEWERS = 8, 2, 2  # of each agency
_STATION_PHONES = 99_000_000


@dataclass(slots=True)
class Registers:
    """The rows of the small reference tables, and short ways to the ones that other records point to."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, row: Row) -> Row:
        """Append `row` to `table` and return it."""
        self.rows.setdefault(table, []).append(row)
        return row

    def agencies(self, kind: str) -> list[Row]:
        """Return the agencies of one kind."""
        return [row for row in self.rows["agencies"] if row["kind"] == kind]

    def scales(self) -> list[Row]:
        """Return the devices that weigh."""
        return [row for row in self.rows["devices"] if row["kind"] == "wim"]

    def officers(self, agency_id: str) -> list[Row]:
        """Return the officers of an agency who handle cases, without its legal reviewers."""
        return self._officers(agency_id)[:OFFICERS]

    def reviewers(self, agency_id: str) -> list[Row]:
        """Return the officers of an agency who review its decisions."""
        return self._officers(agency_id)[OFFICERS:]

    def _officers(self, agency_id: str) -> list[Row]:
        return [r for r in self.rows["officers"] if r["agency_id"] == agency_id and r["kind"] == "officer"]


def make_registers(setting: Setting, rng: np.random.Generator) -> Registers:
    """Make agencies, officers, stations, devices, certificates, maintenance, benchmarks and budgets."""
    registers = Registers()
    for number, words in enumerate(setting.words["agencies"], start=1):
        agency = registers.add("agencies", _agency(setting, number, words))
        for officer in _officers(setting, agency, number):
            registers.add("officers", officer)
        for budget in _budgets(setting, agency, number):
            registers.add("budgets", budget)
    for number, words in enumerate(setting.words["stations"], start=1):
        _station(setting, registers, number, words, rng)
    for benchmark in _benchmarks(setting):
        registers.add("benchmarks", benchmark)
    return registers


def _agency(setting: Setting, number: int, words: Row) -> Row:
    return {
        "agency_id": setting.number("agencies", number),
        "name": words["name"],
        "kind": words["kind"],
        "has_authority": True,
        "authority_from": date(2019, 5, 1),
        "authority_until": None,
        "entrusted_by": None,
        "region": words["region"],
    }


def _officers(setting: Setting, agency: Row, number: int) -> Iterator[Row]:
    size = OFFICERS + REVIEWERS + AUXILIARIES
    names = short_people(setting, np.arange(size, dtype=np.int64) + number * size)
    for place in range(size):
        serial = number * 100 + place + 1
        auxiliary = place >= OFFICERS + REVIEWERS
        yield {
            "officer_id": setting.number("officers", serial),
            "name": names[place],
            "certificate_no": None if auxiliary else f"YZ9900{serial:06d}",
            "agency_id": agency["agency_id"],
            "kind": "auxiliary" if auxiliary else "officer",
            "certificate_from": None if auxiliary else date(2021, 3, 1) + timedelta(days=place),
            "certificate_until": None if auxiliary else date(2027, 2, 28) + timedelta(days=place),
            "employment": "劳务派遣" if auxiliary else "在编",
        }


def _budgets(setting: Setting, agency: Row, number: int) -> Iterator[Row]:
    for year in (2024, 2025):
        yield {
            "budget_id": setting.number("budgets", number * 10 + year % 10),
            "agency_id": agency["agency_id"],
            "year": year,
            "personnel_yuan": 3_200_000 + 45_000 * number,
            "operation_yuan": 900_000 + 12_000 * number,
            "fine_income_yuan": None,
            "returned_yuan": 0,
        }


def _station(setting: Setting, registers: Registers, number: int, words: Row, rng: np.random.Generator) -> None:
    agency = registers.rows["agencies"][words["agency"]]
    built = date(2022, 3, 1) + timedelta(days=int(rng.integers(0, 60)))
    registers.add(
        "stations",
        {
            "station_id": setting.number("stations", number),
            "name": words["name"],
            "agency_id": agency["agency_id"],
            "road": words["road"],
            "stake_km": words["stake_km"],
            "longitude": words["longitude"],
            "latitude": words["latitude"],
            "advance_sign_on": built,
            "info_sign_on": built + timedelta(days=3),
            "unload_sign_on": built + timedelta(days=3),
            "contact_phone": phones(np.array([_STATION_PHONES + number]))[0],
        },
    )
    for place, kind in enumerate(("wim", "wim", "camera"), start=1):
        serial = number * 10 + place
        device = registers.add("devices", _device(setting, serial, number, kind, built))
        if kind == "wim":
            _certificates(setting, registers, device, serial, rng)


def _device(setting: Setting, serial: int, station: int, kind: str, built: date) -> Row:
    models = setting.words["device_models"]
    return {
        "device_id": setting.number("devices", serial),
        "station_id": setting.number("stations", station),
        "kind": kind,
        "model": models[serial % len(models)] if kind == "wim" else setting.words["camera_model"],
        "approved_on": built + timedelta(days=10),
        "legal_review_on": built + timedelta(days=20),
        "technical_review_on": built + timedelta(days=22),
        "location_published_on": built + timedelta(days=30),
        "sign_installed_on": built + timedelta(days=32),
        "commissioned_on": built + timedelta(days=75),
        "retired_on": None,
        "weight_tolerance": "0.05",
        "serial_no": f"SN{serial:07d}",
        "evidence_system": setting.words["evidence_system"],
        "is_mobile": False,
    }


def _certificates(setting: Setting, registers: Registers, device: Row, serial: int, rng: np.random.Generator) -> None:
    """One certificate a year without a gap; each new one was issued some days before the old one ended."""
    verified = device["commissioned_on"] - timedelta(days=int(rng.integers(5, 20)))
    for turn in range(5):
        if turn and rng.random() < 0.3:
            _maintenance(setting, registers, device, verified, rng)
        registers.add(
            "calibrations",
            {
                "certificate_no": setting.number("calibrations", serial * 10 + turn),
                "device_id": device["device_id"],
                "verified_on": verified,
                "valid_until": verified + timedelta(days=364),
                "result": "passed",
                "institute": setting.words["institute"],
                "kind": "verification",
                "serial_no": device["serial_no"],
                "speed_min_kmh": 1.0,
                "speed_max_kmh": 120.0,
                "max_load_kg": 200_000,
                "accuracy_class": "5",
            },
        )
        verified += timedelta(days=364 - int(rng.integers(5, 20)))
        if verified > setting.as_of:
            return


def _maintenance(setting: Setting, registers: Registers, device: Row, verified: date, rng: np.random.Generator) -> None:
    """A repair on the very day on which the device was verified anew."""
    kinds = setting.words["maintenance"]
    serial = len(registers.rows.get("device_maintenance", ())) + 1
    registers.add(
        "device_maintenance",
        {
            "maintenance_id": setting.number("device_maintenance", serial),
            "device_id": device["device_id"],
            "repaired_on": verified,
            "kind": kinds[int(rng.integers(0, len(kinds)))],
        },
    )


def _benchmarks(setting: Setting) -> Iterator[Row]:
    bands = {
        "mitigated": (0, 30_000),
        "light": (100, 30_000),
        "ordinary": (200, 30_000),
        "heavy": (5_000, 30_000),
    }
    for serial, (level, (lowest, highest)) in enumerate(bands.items(), start=1):
        yield {
            "benchmark_id": setting.number("benchmarks", serial),
            "violation_type": "overload",
            "discretion_level": level,
            "excess_from_kg": 0,
            "excess_to_kg": 200_000,
            "min_fine_yuan": lowest,
            "max_fine_yuan": highest,
            "valid_from": date(2021, 1, 1),
            "valid_until": date(2029, 12, 31),
        }
