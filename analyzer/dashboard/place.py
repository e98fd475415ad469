"""Which data is shown: files handed in by this person, what the command named, or the package that the demo writes."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from analyzer.dashboard.source import Place

PACKAGE, STORE = "ANALYZER_PACKAGE", "ANALYZER_STORE"
DEFAULT_PACKAGE = Path("out/demo")
DESK, _LOOKED_AT = "desk", "looked_at"


def place_of() -> Place | None:
    """Return the place of the data, or None where none was named and the demo has not run."""
    looked_at: Path | None = st.session_state.get(_LOOKED_AT)
    if looked_at is not None and (looked_at / "manifest.json").is_file():
        return Place(package=looked_at)
    return shared_place()


def shared_place() -> Place | None:
    """Return the place of the data that everybody sees."""
    if store := os.environ.get(STORE):
        return Place(store=Path(store))
    if package := os.environ.get(PACKAGE):
        return Place(package=Path(package))
    return Place(package=DEFAULT_PACKAGE) if (DEFAULT_PACKAGE / "manifest.json").is_file() else None


def look_at(package: Path | None) -> None:
    """Show the pages over a package of this session only; None goes back to what everybody sees."""
    st.session_state.pop(_LOOKED_AT, None)
    if package is not None:
        st.session_state[_LOOKED_AT] = package


def looks_at_own() -> bool:
    """Whether this session shows files that were handed in."""
    return _LOOKED_AT in st.session_state


__all__ = ["DESK", "PACKAGE", "STORE", "look_at", "looks_at_own", "place_of", "shared_place"]
