"""One seed, one bureau: its tables, its profile and parameters, and the files that a product can read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.oracle import made_dossiers, made_roadside, made_sequels
from tests.oracle.bureau import Bureau, Row, Since
from tests.oracle.dice import Dice
from tests.oracle.made_files import Files
from tests.oracle.made_notices import NoticesMade

SETTINGS: dict[str, tuple[Any, ...]] = {
    "notify_deadline": (20, 7, 30, 5, None),
    "notify_deadline_unit": ("wd", "cd"),
    "notify_from": ("reviewed_at", "entered_at", "detected_at"),
    "notify_reference_days": (20, 31, None),
    "review_deadline": (3, 5, None),
    "min_photos": (2, 3, None),
    "publish_lead_days": (15, 30, None),
    "bulk_documents": (5, 9, 11, None),
    "bulk_breach_from": (dt.date(2023, 5, 12), None),
    "plea_days": (3, 5),
    "major_decision_yuan": (5000, 30_000),
    "publish_deadline": (7, 20),
    "decision_days": (60, None),
    "detention_days": (20,),
    "service_days": (5, None),
    "stale_case_days": (90, None),
    "payment_days": (10, None),
    "installment_reply_days": (15, None),
    "strikes": (1, 2),
    "enterprise_share": (0.05, 0.2, None),
    "verification_months": (6, 24),
    "overload_cap_yuan": (20_000,),
    "release_grace_days": (0, None),
    "hearing_request_days": (3, None),
    "hearing_notice_days": (5, None),
    "hearing_from": (dt.date(2022, 6, 1),),
    "limitation_years": (1,),
}
BY_DATE: dict[str, tuple[Any, ...]] = {
    "notify_deadline": (7, 20, 30, None),
    "review_deadline": (2, 3, 5, None),
    "min_photos": (1, 2, 3, None),
    "publish_lead_days": (7, 15, 30, None),
}
STARTS = (dt.date(2023, 5, 11), dt.date(2021, 7, 15))
SELDOM_LEFT_OUT = ("detections", "cases")
"""Hardly a rule is left without them."""


@dataclass(frozen=True)
class Made:
    """A made bureau, and how an audit of its folder is ordered."""

    bureau: Bureau
    folder: Path
    profile: str | Path
    settings: Mapping[str, Any]


def tables(dice: Dice, dense: bool) -> dict[str, list[Row]]:
    """The roadside and the dossiers of one bureau, as one."""
    plates = made_dossiers.PLATES[:3] if dense else made_dossiers.PLATES
    records = made_roadside.detections(dice)
    notices = NoticesMade(dice, records).write()
    of_cases = list(made_dossiers.detections(dice, plates, dense))
    cases = made_dossiers.cases(dice, of_cases, dense)
    payments = list(made_sequels.payments(dice, cases))
    appeals = list(made_sequels.appeals(dice, cases, payments))
    detentions = list(made_sequels.detentions(dice, cases, payments))
    certificates = list(made_roadside.calibrations(dice))
    return {
        "stations": list(made_roadside.stations(dice)),
        "devices": list(made_roadside.devices(dice)),
        "calibrations": certificates,
        "device_maintenance": list(made_roadside.repairs(dice, certificates)),
        "detections": records + of_cases,
        "notices": notices + list(made_sequels.notices(dice, cases, dense)),
        "cases": list(made_roadside.cases(dice, records)) + cases,
        "agencies": list(made_dossiers.agencies(dice)),
        "officers": list(made_dossiers.officers(dice)),
        "permits": list(made_dossiers.permits(dice, of_cases)),
        "enterprises": list(made_dossiers.enterprises(dice)),
        "benchmarks": list(made_dossiers.benchmarks(dice, of_cases, cases)),
        "payments": payments,
        "appeals": appeals,
        "detentions": detentions,
        "inspections": list(made_roadside.inspections(dice)),
        "fees": list(made_roadside.fees(dice, detentions)),
        "targets": list(made_roadside.targets(dice)),
        "budgets": list(made_roadside.budgets(dice)),
    }


def settings(dice: Dice) -> dict[str, Any]:
    """Parameters that an audit sets by name: in half of the bureaus none, in the others some."""
    if dice.chance(0.4):
        return {}
    return {name: dice.one(values) for name, values in SETTINGS.items() if dice.chance(0.3)}


def written(value: Any) -> str:
    return "null" if value is None else str(value)


def own_profile(dice: Dice, base: str, path: Path) -> dict[str, Since]:
    """A profile file of the bureau's own, with values by date; what it states."""
    stated = {
        name: Since(tuple((start, dice.one(values)) for start in STARTS))
        for name, values in BY_DATE.items()
        if dice.chance(0.6)
    }
    lines = [
        "id: own",
        f"extends: {base}",
        "title: {zh: 本局, en: Our own}",
        "parameters:" if stated else "parameters: {}",
    ]
    for name, since in stated.items():
        lines.append(f"  {name}:")
        for start, value in since.values:
            lines.append(f"    - {{from: {start}, value: {written(value)}, basis: {{law: ML, article: '9'}}}}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return stated


def make_bureau(seed: int, place: Path) -> Made:
    """Writes the files of a bureau below `place`, and returns what a careful reader finds in them."""
    dice = Dice(seed)
    dense = seed % 2 == 0
    files = Files(dice, place / "exports")
    for name, rows in tables(dice, dense).items():
        if not dice.chance(0.01 if name in SELDOM_LEFT_OUT else 0.06):
            files.write(name, rows)
    base = dice.pick(*["sanmenxia"] * 4, "henan", "henan", "national", "zhejiang", "police")
    profile: str | Path = base
    stated: dict[str, Any] = {}
    if dice.chance(0.3):
        profile = place / "own.yaml"
        stated |= own_profile(dice, base, profile)
    chosen = settings(dice)
    bureau = Bureau(files.read, files.columns, dice.as_of, base, stated | chosen)
    return Made(bureau, files.folder, profile, chosen)
