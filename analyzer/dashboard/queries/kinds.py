"""Which records are events in the life of a vehicle or a case, when each begins and ends, and what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """How the rows of a table become events: from which column to which, and what the hover tells."""

    begins: str
    ends: tuple[str, ...]
    told: tuple[str, ...]


KINDS: Mapping[str, Kind] = {
    "detections": Kind(
        "detected_at", (),
        ("station_id", "device_id", "violation_type", "axle_count", "gross_weight_kg", "limit_weight_kg",
         "review_result", "status"),
    ),
    "notices": Kind(
        "issued_at", (), ("kind", "record_id", "case_id", "agency_id", "delivered_at", "delivery_method", "batch_no")
    ),
    "cases": Kind(
        "filed_on", ("decided_on", "closed_on"),
        ("record_id", "agency_id", "procedure", "decided_on", "fine_yuan", "discretion_level", "served_on", "closed_on",
         "status"),
    ),
    "payments": Kind("paid_on", (), ("case_id", "due_on", "amount_yuan", "surcharge_yuan", "channel")),
    "detentions": Kind("detained_on", ("released_on",), ("case_id", "agency_id", "released_on", "reason")),
    "fees": Kind("charged_on", (), ("kind", "amount_yuan", "agency_id", "station_id")),
    "inspections": Kind("inspected_on", (), ("kind", "agency_id")),
    "appeals": Kind("received_on", ("concluded_on",), ("kind", "case_id", "agency_id", "concluded_on", "result")),
}  # fmt: skip
"""The tables that hold events, in the order of their lanes."""

OF_A_CASE = ("payments", "appeals")
"""Tables without a plate, whose rows belong to a case."""

__all__ = ["KINDS", "OF_A_CASE", "Kind"]
