"""Lays a document out as one HTML page: nothing is fetched, nothing runs, every text is escaped.

The page forbids itself to load anything (Content-Security-Policy), so that a report that is passed on tells nobody.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

from analyzer.reports.document import (
    Annex,
    Annexes,
    Block,
    Callout,
    Closing,
    Document,
    Grid,
    Heading,
    Paragraph,
    Picture,
    numbered,
)
from analyzer.reports.wording import Words

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def write_page(document: Document, path: Path) -> None:
    """Write the document to `path`."""
    path.write_text(page(document), encoding="utf-8", newline="\n")


def page(document: Document) -> str:
    """Return the document as a page of HTML."""
    style = (files("analyzer.reports") / "page.css").read_text(encoding="utf-8")
    language = "zh-CN" if document.language == "zh" else "en"
    parts, contents = _Parts(document), Words(document.language).t("document.contents")
    body = parts.body()
    subtitle = f'<p class="subtitle">{escape(document.subtitle)}</p>' if document.subtitle else ""
    addressee = f'<p class="addressee">{escape(document.addressee)}</p>' if document.addressee else ""
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(document.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<nav aria-label="{escape(contents)}"><p>{escape(contents)}</p>{parts.contents()}</nav>\n'
        f"<main>\n<header><h1>{escape(document.title)}</h1>{subtitle}</header>\n{addressee}{body}\n</main>\n</body>\n</html>\n"
    )


class _Parts:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._entries: list[tuple[int, str, str]] = []

    def body(self) -> str:
        """The blocks in their order; headings are noted for the contents."""
        return "\n".join(
            self._block(block, prefix) for block, prefix in numbered(self._document.blocks, self._document.language)
        )

    def contents(self) -> str:
        """The list of headings that `body` met, down to the second level."""
        lines = (
            f'<li class="level{level}"><a href="#{anchor}">{escape(text)}</a></li>'
            for level, text, anchor in self._entries
            if level <= 2
        )
        return f"<ul>{''.join(lines)}</ul>"

    def _block(self, block: Block, prefix: str) -> str:
        match block:
            case Heading():
                return self._heading(block.level, prefix + block.text)
            case Paragraph():
                lead = f"<strong>{escape(block.lead)}</strong>" if block.lead else ""
                return f"<p>{lead}{_text(block.text)}</p>"
            case Grid():
                return _grid(block, prefix)
            case Picture():
                return _picture(block, prefix)
            case Callout():
                tiles = (
                    f"<div><b>{escape(number)}</b><span>{escape(name)}</span></div>" for number, name in block.numbers
                )
                return f'<div class="tiles">{"".join(tiles)}</div>'
            case Annexes():
                title = Words(self._document.language).t("document.annexes")
                names = "".join(f"<li>{escape(name)}</li>" for name in block.names)
                return f'<div class="annexes"><p>{escape(title)}</p><ol>{names}</ol></div>'
            case Closing():
                return f'<div class="closing">{"".join(f"<p>{escape(line)}</p>" for line in block.lines)}</div>'
            case Annex():
                zh = self._document.language == "zh"
                name = f"附件{block.number}　{block.title}" if zh else f"Annex {block.number}. {block.title}"
                return self._heading(1, name, "annex")

    def _heading(self, level: int, text: str, kind: str = "") -> str:
        anchor = f"s{len(self._entries) + 1}"
        self._entries.append((level, text, anchor))
        marked = f' class="{kind}"' if kind else ""
        return f'<h{level + 1} id="{anchor}"{marked}>{escape(text)}</h{level + 1}>'


def _text(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _grid(block: Grid, prefix: str) -> str:
    caption = f"<caption>{escape(prefix + block.caption)}</caption>" if block.caption else ""
    head = f"<thead>{_row(block.head, ('center',) * len(block.head), 'th')}</thead>" if block.head else ""
    rows = "".join(_row(row, block.kinds, "td") for row in block.rows)
    total = ' class="total"' if block.total else ""
    whole = sum(block.widths)
    columns = "".join(f'<col style="width:{100 * share / whole:.1f}%">' for share in block.widths)
    note = f'<p class="note">{_text(block.note)}</p>' if block.note else ""
    return (
        f'<div class="table"><table{total}>{caption}<colgroup>{columns}</colgroup>{head}<tbody>{rows}</tbody></table></div>'
        f"{note}"
    )


def _row(cells: Sequence[str], kinds: Sequence[str], tag: str) -> str:
    made = (
        f'<{tag} class="{kind}">{_codes(cell) if kind == "codes" else _text(cell)}</{tag}>'
        for cell, kind in zip(cells, kinds, strict=True)
    )
    return f"<tr>{''.join(made)}</tr>"


def _codes(text: str) -> str:
    """The codes of rules, each in one piece."""
    return " ".join(f"<span>{escape(one)}</span>" for one in text.split(" "))


def _picture(block: Picture, prefix: str) -> str:
    said = f"<p>{escape(block.says)}</p>"
    if block.drawing is None:
        return said
    source = base64.b64encode(block.drawing.svg().encode()).decode()
    return (
        f'<figure><img alt="{escape(block.says)}" src="data:image/svg+xml;base64,{source}">'
        f"<figcaption>{escape(prefix + block.caption)}</figcaption></figure>{said}"
    )


__all__ = ["page", "write_page"]
