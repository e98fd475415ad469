"""Judging a night: what changed is judged anew, everything else keeps its answer, and both together equal a full run.

The warehouse keeps, in the schema `kept`, the answer of every row under every rule, what each flagged row brings to
its finding, and what every rule was made of when it last judged. Given the canonical tables in their new state and
what changed in them, `bring_up_to_date` judges the rows that the changes can reach and leaves `findings`,
`finding_records`, `verdict_counts` and `not_assessable` exactly as one `judge` over everything would.

    con.execute("BEGIN")
    ...                                                    # the canonical tables are brought to their new state
    report = bring_up_to_date(con, setting, library, rules, {"detections": Change("new_keys", "old_rows")})
    con.execute("COMMIT")

It runs in the caller's transaction on the warehouse, needs `teach(con, calendar)` beforehand, and takes away every
temporary table that it makes, except `changed_findings`.
"""

from analyzer.engine.night.report import Change, NightReport, RuleReport, Why
from analyzer.engine.night.run import bring_up_to_date, forget

__all__ = ["Change", "NightReport", "RuleReport", "Why", "bring_up_to_date", "forget"]
