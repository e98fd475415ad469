"""The look that the theme of `.streamlit/config.toml` cannot say: spacing and widths. No data comes near it."""

from __future__ import annotations

import streamlit as st

_STYLE = """
<style>
[data-testid="stMainBlockContainer"] {padding: 2.2rem 2.4rem 3rem 2.4rem; max-width: 1500px;}
[data-testid="stMetric"] {background: #fbfcfd; min-width: 8.6rem;}
[data-testid="stElementContainer"]:has(> [data-testid="stMetric"]) {min-width: 8.6rem;}
[data-testid="stMetricLabel"] p {font-size: .86rem; color: #4a5867;}
[data-testid="stText"] {white-space: pre-wrap; font-family: inherit;}
[data-testid="stMain"] [data-testid="stPageLink"] a p {color: #1f5fa8; text-decoration: underline;}
[data-testid="stSidebarNav"] a {border-radius: 6px;}
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {color: #56636f; opacity: 1;}
h1, h2, h3 {letter-spacing: 0;}
@media (max-width: 900px) {[data-testid="stMainBlockContainer"] {padding: 1.2rem 1rem 2rem 1rem;}}
</style>
"""


def dress() -> None:
    """Set spacing and widths of every page."""
    st.html(_STYLE)


__all__ = ["dress"]
