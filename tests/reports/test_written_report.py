"""report.docx and report.html: layout, masking, escaping, and what is said where there is nothing to say."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from analyzer.model.errors import Language
from analyzer.reports import charts
from analyzer.reports.audit_report import audit_report
from analyzer.reports.charts import Bar
from analyzer.reports.document import Document, Grid, Heading, Paragraph, Picture, chinese, numbered
from analyzer.reports.material import opened
from analyzer.reports.page import page
from analyzer.reports.word import write_word
from analyzer.reports.writing import write_reports
from analyzer.store.package import Package
from tests.reports.conftest import Written
from tests.reports.test_workbook import PERSONAL


def text_of(path: Path) -> str:
    file = docx.Document(str(path))
    cells = (cell.text for table in file.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in file.paragraphs), *cells])


@pytest.fixture(scope="module")
def word(written: Written) -> str:
    return text_of(written.path("docx"))


@pytest.fixture(scope="module")
def html(written: Written) -> str:
    return written.path("html").read_text(encoding="utf-8")


def test_the_page_is_that_of_an_official_document(written: Written) -> None:
    file = docx.Document(str(written.path("docx")))
    first, *_, last = file.sections
    assert (round(first.page_width.mm), round(first.page_height.mm)) == (210, 297)
    margins = (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
    assert [round(one.mm) for one in margins] == [37, 35, 28, 26]
    assert round(last.page_width.mm) == 297, "annexes are turned sideways"
    assert file.settings.odd_and_even_pages_header_footer
    for footer in (first.footer, first.even_page_footer):
        xml = footer._element.xml
        assert 'w:instr="PAGE"' in xml and "— " in xml


def test_the_styles_are_those_of_an_official_document(written: Written) -> None:
    styles = docx.Document(str(written.path("docx"))).styles
    fonts = {"Normal": "仿宋", "Title": "宋体", "Heading 1": "黑体", "Heading 2": "楷体", "Heading 3": "仿宋"}
    for name, font in fonts.items():
        assert styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) == font
    assert (styles["Normal"].font.size, styles["Title"].font.size) == (Pt(16), Pt(22))
    assert Pt(28) <= styles["Normal"].paragraph_format.line_spacing <= Pt(30)
    assert styles["Normal"].element.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"


def test_headings_are_numbered_as_in_an_official_document(written: Written) -> None:
    headings = [
        (one.style.name, one.text)
        for one in docx.Document(str(written.path("docx"))).paragraphs
        if one.style.name.startswith("Heading")
    ]
    assert [text for style, text in headings if style == "Heading 1"] == [
        "一、总体情况", "二、按整治方案分类的问题", "三、典型案例", "四、未能判定的事项", "五、下一步工作", "六、审核方法与法律依据",
    ]  # fmt: skip
    groups = [text for style, text in headings if style == "Heading 2"]
    assert groups[3:9] == [
        "（一）逐利执法", "（二）执法不规范", "（三）执法方式简单僵化", "（四）执法粗暴", "（五）执法“寻租”", "（六）其他",
    ]  # fmt: skip


def test_typical_cases_are_told_step_by_step(word: str) -> None:
    assert "案例1：作出罚款" in word and "案例2：下达文书（待核）" in word
    for lead in ("选取理由。", "基本事实。", "办理经过。", "法律依据。", "意味着什么。", "整改建议。"):
        assert word.count(lead) == 2, lead
    assert "同一机构的当事人" not in word.split("四、未能判定的事项", maxsplit=1)[0].split("三、典型案例")[1], (
        "a lead is no case"
    )


def test_nothing_personal_leaves(word: str, html: str) -> None:
    for name in PERSONAL:
        assert name not in word, name
        assert name not in html, name


def test_the_page_fetches_nothing_and_runs_nothing(html: str) -> None:
    assert re.findall(r'(?:src|href)="(?!data:image/svg\+xml;base64,|#s\d)[^"]*"', html) == []
    assert "url(" not in html and "@import" not in html and "<script" not in html
    assert "default-src 'none'" in html


def words_of(document: Document) -> str:
    """Every text of a document, as it will be laid out."""
    said = [document.title, document.subtitle]
    for block, prefix in numbered(document.blocks, document.language):
        match block:
            case Heading(text=text):
                said.append(prefix + text)
            case Paragraph(text=text, lead=lead):
                said.append(lead + text)
            case Grid():
                said += [block.caption, block.note, *block.head, *(cell for row in block.rows for cell in row)]
            case Picture():
                said += [block.caption, block.says]
    return "\n".join(said)


def composed(package: Package, language: Language = "zh", *, show_personal: bool = False) -> Document:
    with opened(package, language, show_personal) as made:
        return audit_report(made)


def test_english_is_complete(package: Package) -> None:
    text = words_of(composed(package, "en"))
    assert "8 problems were found: 6 breaches and 2 matters for review, 1 of them critical." in text
    assert "2.1 Enforcement for profit" in text
    strays = set(re.findall(r"[，。；、（）：]", text))
    assert strays <= {"（", "）", "、"}, "only names in the data are Chinese"


def test_a_package_without_findings_says_so(package_without_findings: Package) -> None:
    text = words_of(composed(package_without_findings))
    assert "没有发现违规或者待核的问题" in text and "不等于合规" in text
    assert "没有可以作为典型案例的问题。" in text
    assert "缺表" in text, "what was missing stands in the report"


def test_personal_data_is_shown_when_asked_for(package: Package) -> None:
    text = words_of(composed(package, show_personal=True))
    assert "豫M12345" in text and "不得外传" in text


def test_without_a_chinese_font_the_chart_is_said_in_words(package: Package, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "chinese_font", lambda: None)
    pictures = [one for one in composed(package).blocks if isinstance(one, Picture)]
    assert pictures
    assert all(one.drawing is None and "本机没有中文字体" in one.says for one in pictures)


@pytest.mark.slow
def test_the_same_package_gives_the_same_files(written: Written, tmp_path: Path) -> None:
    write_reports(written.package, ["docx", "html"], tmp_path)
    for kind in ("docx", "html"):
        assert written.path(kind).read_bytes() == (tmp_path / written.path(kind).name).read_bytes()


def made_document(*blocks: object) -> Document:
    return Document("标题 <b>", blocks, "zh", date(2024, 3, 5), "run", subtitle="a & b")  # type: ignore[arg-type]


def test_markup_in_the_data_stays_text(tmp_path: Path) -> None:
    nasty = '<img src=x onerror=alert(1)> & "quoted" \x07'
    document = made_document(
        Heading(1, nasty), Paragraph(nasty, nasty), Grid(nasty, (nasty,), ((nasty,),), (1,), ("text",), nasty),
        Picture(None, nasty, nasty),
    )  # fmt: skip
    shown = page(document)
    assert "<img src=x" not in shown and "<b>" not in shown.split("<body>")[1].replace("<b></b>", "")
    write_word(document, tmp_path / "x.docx")
    text = text_of(tmp_path / "x.docx")
    assert text.count("<img src=x onerror") == 8


def test_numbers_of_headings_and_captions() -> None:
    blocks = [
        Heading(1, "a"),
        Heading(2, "b"),
        Heading(3, "c"),
        Heading(3, "d"),
        Heading(2, "e"),
        Heading(1, "f"),
        Heading(2, "g"),
    ]
    assert [prefix for _, prefix in numbered(blocks, "zh")] == [
        "一、",
        "（一）",
        "1．",
        "2．",
        "（二）",
        "二、",
        "（一）",
    ]
    assert [prefix for _, prefix in numbered(blocks, "en")] == [
        "1. ",
        "1.1 ",
        "1.1.1 ",
        "1.1.2 ",
        "1.2 ",
        "2. ",
        "2.1 ",
    ]
    assert [chinese(number) for number in (1, 10, 11, 20, 21, 99)] == ["一", "十", "十一", "二十", "二十一", "九十九"]


def test_a_chart_is_drawn_without_a_missing_glyph() -> None:
    drawing = charts.bars(
        [Bar("崤陵市交通运输综合行政执法支队渑川县大队", (3, 0)), Bar("Ä", (0, 2))],
        [("违规", "breach"), ("待核", "review")],
        "问题数",
    )
    assert drawing is not None
    assert drawing.png().startswith(b"\x89PNG")
    assert drawing.svg() == drawing.svg()


def test_pictures_fit_the_line(written: Written) -> None:
    shapes = docx.Document(str(written.path("docx"))).inline_shapes
    assert len(shapes) >= 3
    assert all(shape.width <= Mm(156) for shape in shapes)
