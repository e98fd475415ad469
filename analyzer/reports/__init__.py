"""What leaves the bureau: figures, wording, masking, and the files made of them.

Every number that a person sees is made once, in `figures`; every finding is put into words once, in `entries`. The
workbook, the written report and the page only lay them out. May import ledger, store, engine, records, rulebook and
model; xlsxwriter, python-docx and matplotlib are imported nowhere else. Start with `workbook.write_workbook`.
"""

from analyzer.reports.figures import Figures, make_figures
from analyzer.reports.workbook import write_workbook

__all__ = ["Figures", "make_figures", "write_workbook"]
