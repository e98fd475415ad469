"""Plain frozen types that every room shares: tables, verdicts, rules, parameters, errors.

Imports nothing of ours and does no input or output. Start with `tables` (the vocabulary of the exports) and
`rule` (what a rule file says).
"""

from analyzer.model.errors import AnalyzerError, Problem, Text
from analyzer.model.tables import Column, Kind, Table, Vocabulary
from analyzer.model.verdict import Force, Severity, Verdict

__all__ = [
    "AnalyzerError",
    "Column",
    "Force",
    "Kind",
    "Problem",
    "Severity",
    "Table",
    "Text",
    "Verdict",
    "Vocabulary",
]
