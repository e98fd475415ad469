"""Taking the package of handed-in files away: it is not masked, so a reason is asked for and written down first."""

from __future__ import annotations

import json
import time
import zipfile
from datetime import datetime

import streamlit as st

from analyzer.dashboard.books import ledger_of
from analyzer.dashboard.handed_in import Desk
from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts.reveal import SECONDS, asked_reason, written_down
from analyzer.dashboard.place import shared_place

NOTE = "taken.json"
"""The file in the archive that says who took it, when and why: it stays with the evidence, ledger or none."""

_KIND = "package"
_STATE = "upload.taken"


def take_package(page: Page, desk: Desk) -> None:
    """Offer the archive to whoever may see personal data, after a reason."""
    words = page.words
    if not page.viewer.may_reveal:
        return
    archive, until = st.session_state.get(_STATE, ("", 0.0))
    if archive == str(desk.archive) and until > time.monotonic():
        st.download_button(
            plain(words("dashboard.upload.take_zip")), desk.archive.read_bytes, file_name=desk.archive.name,
            mime="application/zip", on_click="ignore", key="take.package.zip", type="primary",
        )  # fmt: skip
        st.caption(plain(words("dashboard.upload.zip_taken")))
        return
    reason = asked_reason(page, "take.package", words("dashboard.upload.ask_zip"), words("dashboard.upload.send_zip"))
    st.caption(plain(words("dashboard.upload.zip_note")))
    if reason is None:
        return
    ledger = ledger_of(shared_place())
    if ledger is not None and not written_down(page, ledger, _KIND, reason):
        return
    _note(desk, page.viewer.name, reason)
    st.session_state[_STATE] = (str(desk.archive), time.monotonic() + SECONDS)
    st.rerun()


def _note(desk: Desk, by: str, reason: str) -> None:
    """Write into the archive who takes it and why, after those who did before."""
    said = {"by": by, "at": datetime.now().isoformat(timespec="seconds"), "reason": reason}
    with zipfile.ZipFile(desk.archive, "a", zipfile.ZIP_DEFLATED) as archive:
        before = sum(name.startswith("taken") for name in archive.namelist())
        name = NOTE if not before else f"taken-{before + 1}.json"
        archive.writestr(name, json.dumps(said, ensure_ascii=False, indent=2) + "\n")


__all__ = ["NOTE", "take_package"]
