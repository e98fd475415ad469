"""The findings of a package brought into the ledger: masked, in both languages, and only those that are new or changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from analyzer.ledger import Followed, Found, Ledger
    from analyzer.store.package import Package

_KEYS = 5
"""How many record keys an entry keeps: enough to find the case in the bureau's own system."""


def follow_package(ledger: Ledger, package: Package, *, by: str = "scan", older: bool = False) -> Followed:
    """Follow the audit of a package; raise `AnalyzerError` as `Ledger.follow` does.

    What the ledger keeps of a finding is masked here: plates and names stay in the package.
    """
    from analyzer.reports.entries import number_findings
    from analyzer.reports.lawbook import Lawbook

    known = ledger.fingerprints()
    with package.connect() as con:
        number_findings(con)
        prints = dict(con.execute(_FINGERPRINTS).fetchall())
        unchanged = {key for key, fingerprint in prints.items() if known.get(key) == fingerprint}
        con.register("unchanged_findings", _column(unchanged))
        con.execute("DELETE FROM numbered WHERE finding_id IN (SELECT finding_id FROM unchanged_findings)")
        found = list(_found(con, Lawbook.of(package), prints))
        spoke = [row[0] for row in con.execute(_SPOKE).fetchall()]
    said = package.summary
    return ledger.follow(
        found,
        run_id=said["run_id"],
        as_of=date.fromisoformat(said["as_of"]),
        rules=spoke,
        unchanged=unchanged,
        by=by,
        older=older,
    )


def follow_published(store: Path) -> Followed:
    """Follow the audit that a store publishes now, in the store's own ledger; what a night missed the next one makes up.

    Raises `AnalyzerError` when the ledger cannot be opened: what was published stays published.
    """
    from analyzer.cli.ledger_place import opened, package_of

    with opened(store, "", create=True) as ledger:
        return follow_package(ledger, package_of(store, None))


_FINGERPRINTS = "SELECT finding_id, sha256(CAST(f AS VARCHAR)) FROM findings AS f"
_SPOKE = "SELECT rule FROM verdict_counts WHERE breach + review + compliant > 0"
_ROWS = f"""
SELECT n.number, f.finding_id, f.rule, f.family, f.verdict, f.severity, f.force, f.subject_kind, f.agency_id, f.station_id,
       f.started_on, f.ended_on, f.record_count, f.amount_yuan, coalesce(r.keys, []) AS keys
FROM numbered AS n JOIN findings AS f ON f.finding_id = n.finding_id
LEFT JOIN (
  SELECT finding_id, list(record_key ORDER BY record_key)[1:{_KEYS}] AS keys
  FROM finding_records WHERE finding_id IN (SELECT finding_id FROM numbered) GROUP BY finding_id
) AS r ON r.finding_id = n.finding_id
ORDER BY n.number
"""


def _column(ids: set[str]) -> pa.Table:
    import pyarrow as pa

    return pa.table({"finding_id": pa.array(sorted(ids), pa.string())})


def _found(con: Any, law: Any, prints: dict[str, str]) -> Iterator[Found]:
    """The findings that are left in `numbered`, in words; three readings of one order side by side."""
    from analyzer.ledger import Found
    from analyzer.model import Text
    from analyzer.reports.entries import Entries
    from analyzer.reports.wording import Words

    rows = con.execute(_ROWS).fetchall()
    names = [column[0] for column in con.description]
    chinese, english = (list(Entries(con, law, Words(language), show_personal=False)) for language in ("zh", "en"))
    for values, zh, en in zip(rows, chinese, english, strict=True):
        row = dict(zip(names, values, strict=True))
        assert row["number"] == zh.number == en.number
        yield Found(
            finding_id=row["finding_id"],
            rule=row["rule"],
            family=row["family"],
            verdict=row["verdict"],
            severity=row["severity"],
            force=row["force"],
            subject_kind=row["subject_kind"],
            subject=Text(zh.subject, en.subject),
            agency_id=row["agency_id"],
            agency=zh.agency,
            station_id=row["station_id"],
            started_on=row["started_on"],
            ended_on=row["ended_on"],
            record_count=row["record_count"],
            amount_fen=_fen(row["amount_yuan"]),
            problem=Text(zh.problem, en.problem),
            explanation=Text(zh.explanation, en.explanation),
            remedy=Text(zh.remedy, en.remedy),
            record_keys=tuple(row["keys"]),
            fingerprint=prints[row["finding_id"]],
        )


def _fen(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 100)


__all__ = ["follow_package", "follow_published"]
