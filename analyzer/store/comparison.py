"""Two packages side by side: what each finding became, and what differs between the two audits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

from analyzer.store.package import Package

APPEARED, GONE, CHANGED = "appeared", "gone", "changed"


@dataclass(frozen=True)
class Moved:
    """A finding that is not the same in both packages; a verdict is None where it is not there."""

    finding_id: str
    rule: str
    kind: str
    before: str | None
    after: str | None
    subject_kind: str
    subject_id: str
    records_before: int
    records_after: int


@dataclass(frozen=True)
class Difference:
    """One thing that the two audits did not share: a date, a profile, a parameter, a rule, an input."""

    what: str
    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Comparison:
    """What became of the findings and of the single records, and what differs between the audits."""

    moved: tuple[Moved, ...]
    same: int
    records: Mapping[str, int] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()

    def of_kind(self, kind: str) -> list[Moved]:
        """Return the findings that appeared, went, or changed."""
        return [one for one in self.moved if one.kind == kind]


def compare(before: Package, after: Package) -> Comparison:
    """Compare two packages; findings are matched by their id, records by rule and key."""
    con = duckdb.connect()
    try:
        for name, package in (("before", before), ("after", after)):
            for table in ("findings", "finding_records"):
                path = str(package.path(table)).replace("'", "''")
                con.execute(f"CREATE VIEW {name}_{table} AS SELECT * FROM read_parquet('{path}')")
        moved = tuple(Moved(*row) for row in con.execute(_FINDINGS).fetchall())
        same = con.execute(
            "SELECT count(*) FROM before_findings AS b JOIN after_findings AS a USING (finding_id)"
            " WHERE b.verdict = a.verdict"
        ).fetchone()
        records = con.execute(_RECORDS).fetchone()
    finally:
        con.close()
    counts = dict(zip((APPEARED, GONE, CHANGED, "same"), records or (0, 0, 0, 0), strict=True))
    return Comparison(moved, int(same[0]) if same else 0, counts, tuple(differences(before, after)))


_FINDINGS = """
SELECT coalesce(b.finding_id, a.finding_id), coalesce(b.rule, a.rule),
       CASE WHEN b.finding_id IS NULL THEN 'appeared' WHEN a.finding_id IS NULL THEN 'gone' ELSE 'changed' END,
       b.verdict, a.verdict, coalesce(a.subject_kind, b.subject_kind), coalesce(a.subject_id, b.subject_id),
       coalesce(b.record_count, 0), coalesce(a.record_count, 0)
FROM before_findings AS b FULL JOIN after_findings AS a ON a.finding_id = b.finding_id
WHERE b.verdict IS DISTINCT FROM a.verdict
ORDER BY 2, 3, 1
"""
_RECORDS = """
SELECT count(*) FILTER (WHERE b.record_key IS NULL), count(*) FILTER (WHERE a.record_key IS NULL),
       count(*) FILTER (WHERE b.verdict <> a.verdict), count(*) FILTER (WHERE b.verdict = a.verdict)
FROM (SELECT DISTINCT rule, table_name, record_key, verdict FROM before_finding_records) AS b
FULL JOIN (SELECT DISTINCT rule, table_name, record_key, verdict FROM after_finding_records) AS a
  ON a.rule = b.rule AND a.table_name = b.table_name AND a.record_key = b.record_key
"""


def differences(before: Package, after: Package) -> list[Difference]:
    """Return what the two audits did not share."""
    old, new = before.summary, after.summary
    found = [Difference(what, "", old[what], new[what]) for what in ("as_of", "set") if old.get(what) != new.get(what)]
    if old["profile"]["id"] != new["profile"]["id"]:
        found.append(Difference("profile", "", old["profile"]["id"], new["profile"]["id"]))
    found += _of("parameter", _values(old["parameters"]), _values(new["parameters"]))
    found += _of("rule", *(_hashes(one) for one in (before, after)))
    found += _of("input", *(_inputs(one) for one in (before, after)))
    versions = [{name: one["versions"].get(name) for name in ("analyzer", "duckdb")} for one in (old, new)]
    return found + _of("version", *versions)


def _of(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    names = sorted({*before, *after})
    return [
        Difference(what, name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _values(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Each parameter's dated values in a line: `5 [--set]`, or `2021-07-15: 7 [base]`."""
    return {
        name: "; ".join(
            f"{entry['from']}: {entry['value']} [{entry['origin']}]"
            if entry["from"]
            else f"{entry['value']} [{entry['origin']}]"
            for entry in entries
        )
        for name, entries in parameters.items()
    }


def _inputs(package: Package) -> dict[str, str]:
    """Each input's hash by its name; in a store the same name comes again with other contents, so those are counted."""
    found: dict[str, str] = {}
    for each in package.manifest["inputs"]:
        name, times = each["file"], 1
        while name in found:
            times += 1
            name = f"{each['file']} ({times})"
        found[name] = each["sha256"][:12]
    return found


def _hashes(package: Package) -> dict[str, str]:
    return {code: f"v{one['version']} {one['sha256'][:12]}" for code, one in package.manifest["rules"].items()}


__all__ = ["APPEARED", "CHANGED", "GONE", "Comparison", "Difference", "Moved", "compare"]
