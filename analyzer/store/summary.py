"""What summary.json says of an audit: the run, the law in force, versions, totals."""

from __future__ import annotations

import sys
from datetime import datetime
from importlib.metadata import version
from typing import Any

import duckdb

from analyzer.engine.audit import Audit, fingerprint
from analyzer.model import Severity, Text

_NOTE = Text(
    "报表（xlsx、docx、html）默认隐去号牌、姓名、电话和证件号；Parquet 与 audit.duckdb 是单位内部的证据，未作隐去，请勿外传。",
    "Plates, names, telephone and certificate numbers are masked in the reports; Parquet and audit.duckdb are "
    "evidence for inside the bureau and are not masked.",
)


def summary(audit: Audit) -> dict[str, Any]:
    """Return what summary.json says: run, law in force, versions, totals."""
    con = audit.con
    severities = dict(con.execute("SELECT severity, count(*) FROM findings GROUP BY 1").fetchall())
    verdicts = dict(con.execute("SELECT verdict, count(*) FROM findings GROUP BY 1").fetchall())
    families = dict(con.execute("SELECT family, count(*) FROM findings GROUP BY 1 ORDER BY 1").fetchall())
    intake = audit.intake
    return {
        "run_id": fingerprint(audit),
        "made_at": datetime.now().isoformat(timespec="seconds"),
        "as_of": audit.order.as_of.isoformat(),
        "profile": {"id": audit.rulings.profile, "chain": list(audit.rulings.chain)},
        "set": list(audit.order.settings),
        "parameters": _parameters(audit),
        "versions": versions(audit),
        "tables": {name: audit.rows(name) for name in intake.tables},
        **({"findings_only": sorted(audit.partial)} if audit.partial else {}),
        "columns": {name: sorted(columns) for name, columns in sorted(intake.columns_supplied.items())},
        "totals": {
            "rules": len(audit.rules),
            "findings": sum(verdicts.values()),
            "by_verdict": {name: verdicts.get(name, 0) for name in ("breach", "review")},
            "by_severity": {str(one): severities.get(str(one), 0) for one in Severity},
            "by_family": families,
            "files": intake.files,
            "rows_read": intake.rows_read,
            "loaded": intake.loaded,
            "duplicates": intake.duplicates,
            "replaced": intake.replaced,
            "quarantined": intake.quarantined,
            "issues": intake.issues,
            "refused": len(intake.refused),
        },
        "refused": [{"place": one.place, "zh": one.cause.zh, "en": one.cause.en} for one in intake.refused],
        "warnings": [{"place": one.place, "zh": one.cause.zh, "en": one.cause.en} for one in intake.warnings],
        "note": {"zh": _NOTE.zh, "en": _NOTE.en},
    }


def _parameters(audit: Audit) -> dict[str, Any]:
    used = sorted({name for plan in audit.plans for rule in plan.rules for name in rule.parameters})
    return {
        name: [
            {
                "from": entry.from_.isoformat() if entry.from_ else None,
                "value": entry.value if isinstance(entry.value, int | str) or entry.value is None else str(entry.value),
                "status": str(entry.status),
                "origin": entry.origin,
            }
            for entry in audit.rulings.parameters[name].entries
        ]
        for name in used
    }


def versions(audit: Audit) -> dict[str, Any]:
    """Return the versions of program, database, Python and rules that an audit was made with."""
    return {
        "analyzer": version("offsite-enforcement-analyzer"),
        "duckdb": duckdb.__version__,
        **({audit.elsewhere.engine: audit.elsewhere.version} if audit.elsewhere else {}),
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "rules": {one.rule.code: one.rule.version for one in audit.rules},
    }
