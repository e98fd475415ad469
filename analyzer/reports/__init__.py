"""What leaves the bureau: figures, wording, masking, and the files made of them.

Every number that a person sees is made once, in `figures`, `plan` and `bureau_tables`; every finding is put into words once,
in `entries`. The workbook, the written report and the page only lay them out. May import ledger, store, engine, records,
rulebook and model; xlsxwriter, python-docx and matplotlib are imported nowhere else. Start with `writing.write_reports`;
`monthly` and `final` report on the ledger.
"""

from analyzer.reports.figures import Figures, make_figures
from analyzer.reports.workbook import write_workbook
from analyzer.reports.writing import write_reports

__all__ = ["Figures", "make_figures", "write_reports", "write_workbook"]
