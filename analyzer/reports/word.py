"""Lays a document out as a Word file."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.enum.section import WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from analyzer.reports.document import (
    Annex,
    Annexes,
    Callout,
    Closing,
    Document,
    Grid,
    Heading,
    Paragraph,
    Picture,
    numbered,
)
from analyzer.reports.word_styles import PAGE, SIDEWAYS, TEXT_WIDTH, WIDE_WIDTH, set_page, set_styles

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ALIGN = {"text": "left", "codes": "left", "number": "right", "center": "center"}
_SHORT = 12
"""A table of so few rows stays on one page."""

_LONG = 160
"""A cell of more characters may go over the page."""

_TWIPS = 56.7
"""Twentieths of a point in a millimetre."""


def write_word(document: Document, path: Path) -> None:
    """Write the document to `path`. The same document gives the same bytes."""
    file = docx.Document()
    set_styles(file, document.language)
    _say_what_it_is(file, document)
    _Writer(file, document).write()
    out = BytesIO()
    file.save(out)
    _pack_again(out, path)


def _say_what_it_is(file: Any, document: Document) -> None:
    properties = file.core_properties
    made = datetime.combine(document.made_on, datetime.min.time())
    properties.title, properties.comments = document.title, document.run_id
    properties.author = properties.last_modified_by = properties.keywords = ""
    properties.created = properties.modified = made
    properties.language = "zh-CN" if document.language == "zh" else "en"


def _pack_again(source: BytesIO, path: Path) -> None:
    """The time of writing stands in every member of the archive; without it equal documents are equal files."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)


class _Writer:
    def __init__(self, file: Any, document: Document) -> None:
        self._file, self._document, self._width = file, document, TEXT_WIDTH

    def write(self) -> None:
        document = self._document
        self._paragraph(document.title, "Title")
        if document.subtitle:
            self._paragraph(document.subtitle, "Subtitle")
        if document.addressee:
            self._paragraph(document.addressee, "Addressee")
        for block, prefix in numbered(document.blocks, document.language):
            match block:
                case Heading():
                    self._paragraph(prefix + block.text, f"Heading {block.level}")
                case Paragraph():
                    self._paragraph(block.text, "Normal", block.lead)
                case Grid():
                    self._grid(block, prefix)
                case Picture():
                    self._picture(block, prefix)
                case Callout():
                    self._callout(block)
                case Annexes():
                    self._annexes(block)
                case Closing():
                    self._closing(block)
                case Annex():
                    self._annex(block)

    def _paragraph(self, text: str, style: str, lead: str = "") -> Any:
        paragraph = self._file.add_paragraph()
        paragraph._p.style = style.replace(" ", "")  # to look a style up by its name takes ten times as long
        if lead:
            self._run(paragraph, lead, bold=True)
        self._run(paragraph, text)
        return paragraph

    def _run(self, paragraph: Any, text: str, bold: bool = False) -> None:
        """The hint makes quotation marks and dashes Chinese ones in a Chinese text."""
        run = paragraph.add_run(_clean(text))
        if bold:
            run.bold = True
        if self._document.language == "zh":
            run._r.get_or_add_rPr().append(parse_xml(f'<w:rFonts {nsdecls("w")} w:hint="eastAsia"/>'))

    def _grid(self, block: Grid, prefix: str) -> None:
        if block.caption:
            self._paragraph(prefix + block.caption, "Caption").paragraph_format.keep_with_next = True
        table = parse_xml(_table_xml(block, self._width))
        self._file.element.body._insert_tbl(table)
        self._paragraph(block.note, "Small")

    def _picture(self, block: Picture, prefix: str) -> None:
        if block.drawing is not None:
            paragraph = self._paragraph("", "Picture")
            shape = paragraph.add_run().add_picture(BytesIO(block.drawing.png()), width=Mm(150))
            shape._inline.docPr.set("descr", block.says)
            self._paragraph(prefix + block.caption, "Caption")
        self._paragraph(block.says, "Normal")

    def _callout(self, block: Callout) -> None:
        head, row = tuple(name for _, name in block.numbers), tuple(number for number, _ in block.numbers)
        share = (1.0,) * len(head)
        self._paragraph("", "Gap")
        self._grid(Grid("", head, (row,), share, ("center",) * len(head)), "")

    def _annexes(self, block: Annexes) -> None:
        said = "附件：" if self._document.language == "zh" else "Annexes: "
        for number, name in enumerate(block.names, 1):
            lead = said if number == 1 else "　　　" if self._document.language == "zh" else ""
            mark = "．" if self._document.language == "zh" else ". "
            self._paragraph(f"{lead}{number}{mark}{name}", "Normal").paragraph_format.keep_with_next = True

    def _closing(self, block: Closing) -> None:
        self._paragraph("", "Normal").paragraph_format.keep_with_next = True
        for place, line in enumerate(block.lines):
            paragraph = self._paragraph(line, "Closing")
            paragraph.paragraph_format.right_indent = Mm(22)
            paragraph.paragraph_format.keep_with_next = place + 1 < len(block.lines)

    def _annex(self, block: Annex) -> None:
        if self._width == TEXT_WIDTH:
            self._width = WIDE_WIDTH
            set_page(self._file.add_section(WD_SECTION.NEW_PAGE), (PAGE[1], PAGE[0]), SIDEWAYS)
            new_page = False
        else:
            new_page = True
        zh = self._document.language == "zh"
        first = self._paragraph(f"附件{block.number}" if zh else f"Annex {block.number}", "Annex")
        first.paragraph_format.page_break_before = new_page
        first.paragraph_format.keep_with_next = True
        self._paragraph(block.title, "Title")


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)


def _table_xml(block: Grid, width: float) -> str:
    """A table as Word's XML: python-docx would take a second for every hundred rows."""
    sizes = [round(width * _TWIPS * share / sum(block.widths)) for share in block.widths]
    columns = "".join(f'<w:gridCol w:w="{size}"/>' for size in sizes)
    edge = 'w:val="single" w:sz="4" w:space="0" w:color="7F7F7F"'
    edges = "".join(f"<w:{side} {edge}/>" for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    rows = (
        [_row_xml(block.head, sizes, ("center",) * len(sizes), "Tablehead", fill="E7EDF5", repeat=True)]
        if block.head
        else []
    )
    for place, row in enumerate(block.rows):
        last = block.total and place + 1 == len(block.rows)
        is_last = place + 1 == len(block.rows)
        stay = bool(block.note) if is_last else len(block.rows) <= _SHORT
        rows.append(_row_xml(row, sizes, block.kinds, "Tabletext", fill="F3F3F3" if last else "", bold=last, stay=stay))
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(sizes)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/>'
        f'<w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def _row_xml(
    cells: Sequence[str], sizes: Sequence[int], kinds: Sequence[str], style: str, *, fill: str, repeat: bool = False,
    bold: bool = False, stay: bool = False,
) -> str:  # fmt: skip
    """A row; one that can `stay` is kept with what follows, and only a short one is kept in one piece."""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    weight = "<w:rPr><w:b/></w:rPr>" if bold else ""
    keep = "<w:keepNext/>" if stay else ""
    made = []
    for text, size, kind in zip(cells, sizes, kinds, strict=True):
        said = "<w:br/>".join(_text_xml(line, kind in ("codes", "center")) for line in _clean(text).split("\n"))
        made.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{size}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/></w:tcPr>'
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}<w:jc w:val="{_ALIGN[kind]}"/></w:pPr>'
            f"<w:r>{weight}{said}</w:r></w:p></w:tc>"
        )
    head = "<w:tblHeader/>" if repeat else ""
    whole = "<w:cantSplit/>" if max(map(len, cells), default=0) < _LONG else ""
    return f"<w:tr><w:trPr>{whole}{head}</w:trPr>{''.join(made)}</w:tr>"


def _text_xml(text: str, whole_words: bool) -> str:
    """A text; the codes of rules are not broken at their hyphens."""
    parts = text.split("-") if whole_words else [text]
    return "<w:noBreakHyphen/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in parts)


__all__ = ["write_word"]
