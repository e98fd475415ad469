"""The layout of an official document (党政机关公文格式, GB/T 9704-2012) as styles of Word; the English version keeps its frame.

A4; margins 37, 35, 28 and 26 mm; title 2号 小标宋 (宋体 where that font is not on every machine); body 3号 仿宋, fixed line
spacing, first line two characters in; headings 黑体, 楷体, 仿宋 bold; page number "— 1 —" in 4号, odd pages right, even left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from analyzer.model.errors import Language

PAGE = (210, 297)
MARGINS = {"top": 37, "bottom": 35, "left": 28, "right": 26}
SIDEWAYS = {"top": 28, "bottom": 26, "left": 25, "right": 25}
"""Margins of an annex turned sideways, in millimetres."""

TEXT_WIDTH = PAGE[0] - MARGINS["left"] - MARGINS["right"]
WIDE_WIDTH = PAGE[1] - SIDEWAYS["left"] - SIDEWAYS["right"]

_TWO_CHARACTERS = "200"


@dataclass(frozen=True)
class _Style:
    name: str
    fonts: tuple[str, str]
    size: float
    line: float | None
    bold: bool = False
    indent: bool = False
    align: Any = None
    before: float = 0
    after: float = 0
    keep: bool = False


_SONG, _FANG, _HEI, _KAI = ("宋体",) * 2, ("仿宋",) * 2, ("黑体",) * 2, ("楷体",) * 2
_SERIF, _SANS = ("Times New Roman", "宋体"), ("Arial", "黑体")
_CENTER, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT

_ZH = (
    _Style("Normal", _FANG, 16, 29, indent=True),
    _Style("Title", _SONG, 22, 36, bold=True, align=_CENTER, after=8, keep=True),
    _Style("Subtitle", _KAI, 16, 29, align=_CENTER, after=14),
    _Style("Heading 1", _HEI, 16, 29, indent=True, keep=True),
    _Style("Heading 2", _KAI, 16, 29, indent=True, keep=True),
    _Style("Heading 3", _FANG, 16, 29, bold=True, indent=True, keep=True),
    _Style("Addressee", _FANG, 16, 29),
    _Style("Annex", _HEI, 16, 29),
    _Style("Caption", _HEI, 12, 22, align=_CENTER, before=6, after=3),
    _Style("Table text", _SONG, 10.5, None),
    _Style("Table head", _HEI, 10.5, None, align=_CENTER, keep=True),
    _Style("Small", _SONG, 10.5, 17),
    _Style("Gap", _SONG, 6, 8, keep=True),
    _Style("Picture", _SONG, 10.5, None, align=_CENTER, keep=True, before=4),
    _Style("Closing", _FANG, 16, 29, align=_RIGHT),
    _Style("Footer", _SONG, 14, None),
)
_EN = (
    _Style("Normal", _SERIF, 12, 19, after=6),
    _Style("Title", _SANS, 20, 28, bold=True, align=_CENTER, after=8, keep=True),
    _Style("Subtitle", _SERIF, 12, 18, align=_CENTER, after=14),
    _Style("Heading 1", _SANS, 15, 22, bold=True, before=12, after=4, keep=True),
    _Style("Heading 2", _SANS, 12.5, 19, bold=True, before=8, after=3, keep=True),
    _Style("Heading 3", _SANS, 11.5, 18, bold=True, before=6, after=2, keep=True),
    _Style("Addressee", _SERIF, 12, 19, after=6),
    _Style("Annex", _SANS, 13, 20, bold=True),
    _Style("Caption", _SANS, 10, 16, bold=True, align=_CENTER, before=6, after=3),
    _Style("Table text", _SERIF, 9.5, None),
    _Style("Table head", _SANS, 8.5, None, bold=True, align=_CENTER, keep=True),
    _Style("Small", _SERIF, 9.5, 14, after=4),
    _Style("Gap", _SERIF, 6, 4, keep=True),
    _Style("Picture", _SERIF, 9.5, None, align=_CENTER, keep=True, before=4),
    _Style("Closing", _SERIF, 12, 19, align=_RIGHT),
    _Style("Footer", _SERIF, 11, None),
)


def set_styles(file: Any, language: Language) -> None:
    """Set every style of a document, and the page."""
    for one in _ZH if language == "zh" else _EN:
        _set(file, one, language)
    set_page(file.sections[0], PAGE, MARGINS)
    file.settings.odd_and_even_pages_header_footer = True
    for footer, right in ((file.sections[0].footer, True), (file.sections[0].even_page_footer, False)):
        _number_pages(footer, right)


def set_page(section: Any, size: tuple[int, int], margins: dict[str, int]) -> None:
    """Set paper and margins of a section, in millimetres."""
    section.page_width, section.page_height = Mm(size[0]), Mm(size[1])
    section.orientation = WD_ORIENT.LANDSCAPE if size[0] > size[1] else WD_ORIENT.PORTRAIT
    for side, width in margins.items():
        setattr(section, f"{side}_margin", Mm(width))
    section.header_distance, section.footer_distance = Mm(15), Mm(margins["bottom"] - 12)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is not None:
        section._sectPr.remove(grid)


def _set(file: Any, one: _Style, language: Language) -> None:
    styles = file.styles
    known = {style.name for style in styles}
    style = styles[one.name] if one.name in known else styles.add_style(one.name, WD_STYLE_TYPE.PARAGRAPH)
    if one.name not in known:
        style.base_style = styles["Normal"]
    font, layout = style.font, style.paragraph_format
    font.size, font.bold, font.italic, font.color.rgb = Pt(one.size), one.bold, False, RGBColor(0, 0, 0)
    _set_fonts(style, one.fonts, language)
    layout.alignment = one.align if one.align is not None else WD_ALIGN_PARAGRAPH.JUSTIFY if one.line else None
    if one.name in ("Heading 1", "Heading 2", "Heading 3", "Small", "Addressee") or language == "en":
        layout.alignment = one.align if one.align is not None else WD_ALIGN_PARAGRAPH.LEFT
    layout.space_before, layout.space_after = Pt(one.before), Pt(one.after)
    layout.keep_with_next, layout.widow_control = one.keep, True
    if one.line is None:
        layout.line_spacing_rule = WD_LINE_SPACING.SINGLE
    else:
        layout.line_spacing = Pt(one.line)
    _indent(style, one.indent)
    for border in style.element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)


def _set_fonts(style: Any, fonts: tuple[str, str], language: Language) -> None:
    style.font.name = fonts[0]
    names = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        names.attrib.pop(qn(f"w:{theme}"), None)
    for slot, name in (("ascii", fonts[0]), ("hAnsi", fonts[0]), ("eastAsia", fonts[1]), ("cs", fonts[0])):
        names.set(qn(f"w:{slot}"), name)
    said = style.element.rPr.find(qn("w:lang"))
    if said is None:
        said = OxmlElement("w:lang")
        style.element.rPr.append(said)
    said.set(qn("w:val"), "en-US" if language == "zh" else "en-GB")
    said.set(qn("w:eastAsia"), "zh-CN")


def _indent(style: Any, indented: bool) -> None:
    """Two characters in, whatever the size of the font."""
    layout = style.element.get_or_add_pPr()
    for old in layout.findall(qn("w:ind")):
        layout.remove(old)
    if not indented and style.name == "Normal":
        return
    indent = OxmlElement("w:ind")
    indent.set(qn("w:firstLineChars"), _TWO_CHARACTERS if indented else "0")
    indent.set(qn("w:firstLine"), "640" if indented else "0")
    layout._insert_ind(indent)


def _number_pages(footer: Any, right: bool) -> None:
    paragraph = footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
    paragraph.add_run(" —")
    indent = OxmlElement("w:ind")
    indent.set(qn("w:rightChars" if right else "w:leftChars"), "100")
    paragraph._p.get_or_add_pPr()._insert_ind(indent)


__all__ = ["MARGINS", "PAGE", "SIDEWAYS", "TEXT_WIDTH", "WIDE_WIDTH", "set_page", "set_styles"]
