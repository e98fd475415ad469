"""Tables of a page: what many web systems export under the name of .xls (HTML, or Excel 2003 XML)."""

from __future__ import annotations

from html.parser import HTMLParser

_ROWS = {"tr", "row"}
_CELLS = {"td", "th", "cell"}
_TABLES = {"table"}
_UNSEEN = {"style", "script", "title", "head"}

Table = list[list[str | None]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Table] = []
        self._open: list[_Grid] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = tag.rpartition(":")[2]
        given = {name.rpartition(":")[2]: value or "" for name, value in attrs}
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _TABLES:
            self._open.append(_Grid())
        elif self._open and tag in _ROWS:
            self._open[-1].start_row()
        elif self._open and tag in _CELLS:
            self._open[-1].start_cell(given)
        elif self._open and tag == "br":
            self._open[-1].add("\n")

    def handle_endtag(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif self._open and tag in _CELLS:
            self._open[-1].end_cell()
        elif self._open and tag in _TABLES:
            self._close()

    def handle_data(self, data: str) -> None:
        if self._open and not self._unseen:
            self._open[-1].add(data)

    def _close(self) -> None:
        grid = self._open.pop()
        grid.end_cell()
        if any(cell for row in grid.rows for cell in row):
            self.tables.append(grid.rows)

    def finish(self) -> None:
        """Keep what a page that breaks off left open."""
        self.close()
        while self._open:
            self._close()


class _Grid:
    """One table; a cell that spans rows or columns fills its first place, the others stay empty."""

    def __init__(self) -> None:
        self.rows: Table = []
        self._text: list[str] | None = None
        self._spans: dict[int, int] = {}
        self._size = (1, 1)

    def start_row(self) -> None:
        self.end_cell()
        self.rows.append([])
        self._spans = {place: left - 1 for place, left in self._spans.items() if left > 1}
        self._skip_spans()

    def start_cell(self, given: dict[str, str]) -> None:
        self.end_cell()
        if not self.rows:
            self.rows.append([])
        row = self.rows[-1]
        if given.get("index", "").isdigit():  # Excel 2003 XML leaves empty cells out
            row.extend([None] * (min(int(given["index"]), 1000) - 1 - len(row)))
        self._size = (_number(given.get("rowspan")), _number(given.get("colspan")))
        self._text = []

    def add(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def end_cell(self) -> None:
        if self._text is None:
            return
        row, (down, across) = self.rows[-1], self._size
        place = len(row)
        row.extend(["".join(self._text).strip(), *[None] * (across - 1)])
        for each in range(place, place + across):
            if down > 1:
                self._spans[each] = down
        self._text = None
        self._skip_spans()

    def _skip_spans(self) -> None:
        row = self.rows[-1]
        while self._spans.get(len(row), 0) > 0 and self._started_above(len(row)):
            row.append(None)

    def _started_above(self, place: int) -> bool:
        return len(self.rows) > 1 and place < len(self.rows[-2])


def _number(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isdigit() and int(text) > 0 else 1


def tables_of(page: str) -> list[Table]:
    """Return the tables of a page that hold any text, in order."""
    reader = _Reader()
    reader.feed(page)
    reader.finish()
    return reader.tables
