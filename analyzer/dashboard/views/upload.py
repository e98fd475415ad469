"""上传审核 Upload: hand in exports, choose profile and date, see progress, take the results away."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from analyzer.dashboard.handed_in import MOST_FILES, MOST_MEGABYTES, Desk, audit_files
from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts.cards import Card, cards
from analyzer.dashboard.parts.states import section, title
from analyzer.dashboard.parts.taking import take_package
from analyzer.dashboard.place import DESK, look_at
from analyzer.model import AnalyzerError
from analyzer.reports.figures import make_figures
from analyzer.reports.masking import mask_sentence
from analyzer.rulebook.library import Library, load_library
from analyzer.rulebook.rulings import DEFAULT_PROFILE
from analyzer.store.package import Package

_FILES = (
    ("findings.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("report.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("report.html", "text/html"),
)
_TYPES = ["xlsx", "xls", "csv", "txt", "tsv", "zip", "html", "htm", "parquet"]


def render(page: Page) -> None:
    """Show the form, and below it the results of the last audit of this session."""
    words = page.words
    title(words("dashboard.page.upload"), words("dashboard.upload.lead"))
    _form(page)
    desk: Desk | None = st.session_state.get(DESK)
    if desk is not None:
        _result(page, desk)


def _form(page: Page) -> None:
    words, library = page.words, _library()
    names = {name: words.say(one.title) for name, one in library.profiles.items()}
    with st.form("upload", border=True):
        files = st.file_uploader(
            plain(words("dashboard.upload.files", megabytes=int(st.get_option("server.maxUploadSize")))),
            type=_TYPES,
            accept_multiple_files=True,
            help=plain(words("dashboard.upload.files_help", files=MOST_FILES, megabytes=MOST_MEGABYTES)),
        )
        left, right = st.columns(2)
        with left:
            profile = st.selectbox(
                plain(words("dashboard.upload.profile")),
                list(names),
                index=list(names).index(DEFAULT_PROFILE),
                format_func=names.__getitem__,
                help=plain(words("dashboard.upload.profile_help")),
            )
        with right:
            as_of = st.date_input(
                plain(words("dashboard.upload.as_of")),
                date.today(),
                format="YYYY-MM-DD",
                help=plain(words("dashboard.upload.as_of_help")),
            )
        sent = st.form_submit_button(plain(words("dashboard.upload.button")), type="primary")
    if not sent:
        return
    if not files:
        st.warning(plain(words("dashboard.upload.no_files")))
        return
    _run(page, files, profile or DEFAULT_PROFILE, as_of)


def _run(page: Page, files: list[Any], profile: str, as_of: date) -> None:
    """Audit what was handed in; what was there before is deleted first."""
    words = page.words
    _put_away()
    bar = st.progress(0.0, plain(words("dashboard.upload.reading")))

    def tell(what: str, done: int, total: int) -> None:
        table = page_table(page, what)
        bar.progress(
            min(done / max(total, 1), 1.0), plain(words("dashboard.upload.step", what=table, done=done, total=total))
        )

    try:
        st.session_state[DESK] = audit_files(files, profile, as_of, page.lang, tell)
    except AnalyzerError as error:
        st.error(plain(words("dashboard.upload.cannot")))
        st.text(mask_sentence(error.say(page.lang)))
    finally:
        bar.empty()


def page_table(page: Page, what: str) -> str:
    """What is under way in words: the table that is judged, or the file that is read, masked."""
    if what == "findings.xlsx":
        return page.words("dashboard.upload.writing")
    found = _library().vocabulary.tables.get(what)
    return page.words.say(found.title) if found else mask_sentence(what)


def _put_away() -> None:
    desk: Desk | None = st.session_state.pop(DESK, None)
    if desk is not None:
        look_at(None)
        desk.close()


def _result(page: Page, desk: Desk) -> None:
    words = page.words
    figures = make_figures(Package(desk.package))
    section(words("dashboard.upload.done"), words("dashboard.upload.done_note"))
    cards(
        [
            Card(words("dashboard.overview.breach"), figures.findings.breach, words("dashboard.overview.breach_help")),
            Card(words("dashboard.overview.review"), figures.findings.review, words("dashboard.overview.review_help")),
            Card(
                words("dashboard.overview.records"), figures.flagged_records, words("dashboard.overview.records_help")
            ),
            Card(words("column.loaded"), figures.intake.loaded),
            Card(words("column.quarantined"), figures.intake.quarantined),
        ]
    )
    for refused in figures.summary["refused"]:
        st.warning(plain(mask_sentence(f"{refused['place']}  {refused[page.lang]}")))
    with st.container(horizontal=True, vertical_alignment="center"):
        for name, mime in _FILES:
            if (desk.package / name).is_file():
                _download(page, desk.package / name, mime, f"dashboard.upload.take_{Path(name).suffix[1:]}")
    take_package(page, desk)
    with st.container(horizontal=True):
        if st.button(plain(words("dashboard.upload.look")), key="upload.look"):
            look_at(desk.package)
            page.go("overview")
        if st.button(plain(words("dashboard.upload.delete")), key="upload.delete"):
            _put_away()
            st.rerun()


def _download(page: Page, path: Path, mime: str, label: str) -> None:
    st.download_button(
        plain(page.words(label)),
        path.read_bytes,
        file_name=path.name,
        mime=mime,
        on_click="ignore",
        key=f"take.{path.name}",
    )


@st.cache_resource(show_spinner=False)
def _library() -> Library:
    return load_library()
