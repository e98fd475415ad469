"""Our named functions in Spark, one definition each, with the meaning that DuckDB gives them in `engine.functions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.engine.functions import calendar_numbers
from analyzer.model.law import Calendar

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_DEFINITIONS = (
    "cd(a DATE, b DATE) RETURNS INT RETURN datediff(b, a)",
    "add_days(x DATE, n INT) RETURNS DATE RETURN date_add(x, n)",
    "months_after(x DATE, n INT) RETURNS DATE RETURN add_months(x, n)",
    "add_seconds(x TIMESTAMP_NTZ, n BIGINT) RETURNS TIMESTAMP_NTZ RETURN timestampadd(SECOND, n, x)",
    # DuckDB counts the seconds that begin between two moments, Spark the whole seconds that pass.
    "seconds_between(a TIMESTAMP_NTZ, b TIMESTAMP_NTZ) RETURNS BIGINT"
    " RETURN timestampdiff(SECOND, CAST(date_trunc('SECOND', a) AS TIMESTAMP_NTZ),"
    " CAST(date_trunc('SECOND', b) AS TIMESTAMP_NTZ))",
    "div_down(a DOUBLE, b DOUBLE) RETURNS BIGINT RETURN CAST(floor(a / b) AS BIGINT)",
    "div_up(a DOUBLE, b DOUBLE) RETURNS BIGINT RETURN CAST(ceil(a / b) AS BIGINT)",
    "great_circle_km(lat1 DOUBLE, lon1 DOUBLE, lat2 DOUBLE, lon2 DOUBLE) RETURNS DOUBLE"
    " RETURN 2 * 6371 * asin(sqrt(least(1.0D, power(sin(radians(lat2 - lat1) / 2), 2)"
    " + cos(radians(lat1)) * cos(radians(lat2)) * power(sin(radians(lon2 - lon1) / 2), 2))))",
    "fits_pattern(x STRING, pattern STRING) RETURNS BOOLEAN RETURN x RLIKE concat('\\\\A(?:', pattern, ')\\\\z')",
    "calendar_place(x DATE) RETURNS INT"
    " RETURN CASE WHEN x BETWEEN DATE '{first}' AND DATE '{last}' THEN datediff(x, DATE '{first}') END",
    # A text that is split is folded into one constant array, which a function of Spark's cannot hold otherwise.
    "calendar_block(place INT) RETURNS BIGINT RETURN CAST(split('{blocks}', ', ')[shiftright(place, {shift})] AS BIGINT)",
    "working_days_until(place INT) RETURNS BIGINT RETURN shiftright(calendar_block(place), {bits})"
    " + bit_count(calendar_block(place) & (shiftleft(2L, place & {last_bit}) - 1L))",
    "wd(a DATE, b DATE) RETURNS INT RETURN CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN b <= a THEN 0"
    " ELSE CAST(working_days_until(calendar_place(b)) - working_days_until(calendar_place(a)) AS INT) END",
    "days_to_first(ahead BIGINT) RETURNS INT RETURN CASE WHEN ahead > 0 THEN bit_count((ahead & -ahead) - 1L) END",
    "working_days_ahead(place INT) RETURNS BIGINT"
    " RETURN shiftright(calendar_block(place) & {all_bits}L, place & {last_bit})",
    "roll(x DATE) RETURNS DATE RETURN date_add(x, days_to_first(working_days_ahead(calendar_place(x))))",
)


def teach_spark(spark: SparkSession, calendar: Calendar) -> None:
    """Give the session our named functions and the calendar of working days."""
    numbers = calendar_numbers(calendar)
    for definition in _DEFINITIONS:
        text = definition
        for name, value in numbers.items():
            text = text.replace(f"{{{name}}}", value)
        spark.sql(f"CREATE OR REPLACE TEMPORARY FUNCTION {text}")


__all__ = ["teach_spark"]
