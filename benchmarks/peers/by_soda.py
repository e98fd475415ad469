"""The twelve rules in Soda: one data contract for each prepared table, a `failed_rows` check for each answer.

Soda has no step that joins tables, so the models of the dbt project are made first; its checks over several columns
take SQL, which is that of the dbt tests. Soda Core counts the failing rows; keys of them go to the paid warehouse.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from peer_report import Report, asked
from sql_texts import model_of, prepare, test_texts


def contracts(codes: list[str], folder: Path) -> dict[Path, list[tuple[str, str]]]:
    """Write one contract for each prepared table; return the rule and verdict of its checks, in their order."""
    by_model: dict[str, dict[tuple[str, str], str]] = {}
    for name, query in test_texts(codes).items():
        by_model.setdefault(model_of(query), {})[name] = query
    written = {}
    for model, tests in by_model.items():
        checks: list[dict[str, Any]] = [
            {"failed_rows": {"name": " ".join(name), "qualifier": "_".join(name), "query": query}}
            for name, query in tests.items()
        ]
        contract = {"dataset": f"peers/peers/main/{model}", "columns": [], "checks": checks}
        file = folder / f"{model}.yml"
        file.write_text(json.dumps(contract, indent=1), encoding="utf-8")  # JSON is YAML
        written[file] = list(tests)
    return written


def verify(contract: Path, source: Path, names: list[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """Verify one contract; return the failing rows by rule and verdict."""
    from soda_core.contracts import verify_contract_locally

    result = verify_contract_locally(data_source_file_path=str(source), contract_file_path=str(contract))
    counts: dict[str, dict[str, int]] = {}
    checks = [check for one in result.contract_verification_results for check in one.check_results]
    if len(checks) != len(names):
        raise SystemExit(f"Soda could not run: {result.get_errors_str()}")
    for check in checks:
        code, verdict = check.check.name.split(" ")
        counts.setdefault(code, {})[verdict] = int(check.diagnostic_metric_values["failed_rows_count"])
    return counts


def main() -> None:
    """Verify the contracts over the tables of `--data` and leave the counts in `--out`."""
    options = asked()
    report = Report("soda", options.out)
    import soda_core.contracts  # noqa: F401

    report.lap("start")
    database, source = options.out / "peers.duckdb", options.out / "source.yml"
    prepare(options.data, database)
    report.lap("prepare")
    source.write_text(json.dumps({"type": "duckdb", "name": "peers", "connection": {"database": str(database)}}))
    counts: dict[str, dict[str, int]] = {}
    for contract, names in contracts(options.rules.split(","), options.out).items():
        for code, found in verify(contract, source, names).items():
            counts.setdefault(code, {}).update(found)
    report.lap("judge")
    report.write(counts=counts, note="counts only: the keys of failed rows need the paid diagnostics warehouse")


if __name__ == "__main__":
    main()
