"""The findings of a vehicle, a device, a case or an agency: the table, and the one that is picked in it, whole, below."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.dashboard.page import Page
from analyzer.dashboard.parts.apart import apart
from analyzer.dashboard.parts.finding_detail import finding_detail
from analyzer.dashboard.parts.finding_table import finding_table
from analyzer.dashboard.parts.reveal import is_revealed
from analyzer.dashboard.parts.states import empty
from analyzer.dashboard.queries import short_findings


def findings_here(
    page: Page, key: str, where: str, params: Sequence[object] = (), none: str = "", reveal: str = ""
) -> None:
    """Show the findings that `where` picks (`f` is `short_findings`); `none` is said when there are none.

    `reveal` is what personal data may be shown of, while it is revealed.
    """

    def show(page: Page) -> None:
        if none and not page.source.one(f"SELECT count(*) FROM {short_findings(page.source)} WHERE {where}", params)[0]:
            empty(none)
            return
        number = finding_table(page, key, where, params)
        if number is not None:
            page.page_link("finding", page.words("vehicles.open_finding", n=number), f=page.source.address(number))
            finding_detail(page, number, is_revealed(reveal))

    apart(page, show)


__all__ = ["findings_here"]
