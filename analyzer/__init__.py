"""Checks the enforcer: judges exported records of non-site traffic enforcement (非现场执法) by dated law.

`analyzer.audit(paths, ...)` is the front door for notebooks; the command line is `analyzer.cli`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.model.errors import AnalyzerError

if TYPE_CHECKING:
    from analyzer.api import Result, audit

__all__ = ["AnalyzerError", "Result", "audit"]


def __getattr__(name: str) -> Any:
    """Load the front door when it is first used: polars, pandas and DuckDB take a second."""
    if name in ("audit", "Result"):
        from analyzer import api

        return getattr(api, name)
    raise AttributeError(name)
