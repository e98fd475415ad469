"""The look that the theme of `.streamlit/config.toml` cannot say: spacing and widths. No data comes near it."""

from __future__ import annotations

import streamlit as st

from analyzer.model.errors import Language

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


_CHINESE = """
<style>
[data-testid="stFileUploaderDropzoneInstructions"] {display: none;}
[data-testid="stFileUploaderDropzone"] button p, [data-testid="stFileUploaderDropzone"] button > div > span:not(:has(svg)) {font-size: 0;}
[data-testid="stFileUploaderDropzone"] button p::after {content: "选择文件"; font-size: .95rem;}
[data-testid="InputInstructions"] {display: none;}
</style>
"""
"""What streamlit itself says in English and has no setting for: the words of the upload field, and the hint to press Enter."""


def dress(language: Language) -> None:
    """Set spacing and widths of every page; in Chinese, put Chinese words in place of streamlit's own."""
    st.html(_STYLE + (_CHINESE if language == "zh" else ""))


__all__ = ["dress"]
