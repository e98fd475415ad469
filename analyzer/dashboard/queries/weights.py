"""How steadily the devices weigh: the monthly medians of the commonest class of vehicle at each, worked out once for all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analyzer.dashboard.queries.prepared import prepare
from analyzer.dashboard.source import Source


@dataclass(frozen=True)
class Median:
    """The weights of the commonest class of vehicle in a month: how many, the median and the quartiles, in kg."""

    month: date
    passes: int
    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Steadiness:
    """The monthly medians of one class of vehicle at a device."""

    axle_count: int
    vehicle_type: str | None
    months: tuple[Median, ...]


def weights_prepared(source: Source) -> str:
    """Return the schema that holds `device_weights`; there have to be detections."""
    return prepare(source, "device_weights", _statements)


def steadiness(source: Source, device_id: str) -> Steadiness | None:
    """Return the monthly medians of the commonest class (axles and type) at a device; None where nothing was weighed."""
    if not source.has("records_detections"):
        return None
    rows = source.rows(
        "SELECT axle_count, vehicle_type, month, passes, weights[1], weights[2], weights[3]"
        f" FROM {weights_prepared(source)}.device_weights WHERE device_id = ? ORDER BY month",
        [device_id],
    )
    if not rows:
        return None
    return Steadiness(int(rows[0][0]), rows[0][1], tuple(Median(*row[2:]) for row in rows))


def _statements(_source: Source, schema: str) -> list[str]:
    weighed = (
        "FROM records_detections WHERE gross_weight_kg > 0 AND axle_count IS NOT NULL AND detected_at IS NOT NULL"
        " AND device_id IS NOT NULL"
    )
    return [
        f"CREATE OR REPLACE TABLE {schema}.device_weights AS WITH counted AS (SELECT device_id, axle_count, vehicle_type,"
        f" count(*) AS passes {weighed} GROUP BY 1, 2, 3), common AS (SELECT device_id, axle_count, vehicle_type FROM counted"
        " QUALIFY row_number() OVER (PARTITION BY device_id ORDER BY passes DESC, axle_count, vehicle_type) = 1)"
        " SELECT d.device_id, d.axle_count, d.vehicle_type, date_trunc('month', d.detected_at)::DATE AS month,"
        " count(*)::BIGINT AS passes, quantile_cont(d.gross_weight_kg, [0.5, 0.25, 0.75])::DOUBLE[] AS weights"
        f" FROM (SELECT device_id, axle_count, vehicle_type, detected_at, gross_weight_kg {weighed}) AS d"
        " JOIN common AS c ON c.device_id = d.device_id AND c.axle_count = d.axle_count"
        " AND c.vehicle_type IS NOT DISTINCT FROM d.vehicle_type GROUP BY 1, 2, 3, 4 ORDER BY 1, 4"
    ]


__all__ = ["Median", "Steadiness", "steadiness", "weights_prepared"]
