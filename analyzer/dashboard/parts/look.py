"""The look that the theme of `.streamlit/config.toml` cannot say: spacing and widths. No data comes near it."""

from __future__ import annotations

import streamlit as st

from analyzer.reports.wording import Words

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
a:focus-visible, button:focus-visible, summary:focus-visible, [role="option"]:focus-visible {
  outline: 2px solid #1f5fa8 !important; outline-offset: 1px;}
[data-testid="stSidebar"] a:focus-visible, [data-testid="stSidebar"] button:focus-visible {outline-color: #8fc1f2 !important; outline-offset: -2px;}
[data-testid="stDataFrame"]:focus-within {outline: 2px solid #1f5fa8 !important; outline-offset: 1px;}
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
body:has([data-testid="stElementToolbarButton"] button:hover) [role="tooltip"] p {font-size: 0;}
body:has([data-testid="stElementToolbarButton"] button:hover) [role="tooltip"] p::after {font-size: .85rem;}
body:has(button[aria-label="Show/hide columns"]:hover) [role="tooltip"] p::after {content: "显示或隐藏列";}
body:has(button[aria-label="Search"]:hover) [role="tooltip"] p::after {content: "在表中查找";}
body:has(button[aria-label="Fullscreen"]:hover) [role="tooltip"] p::after {content: "全屏";}
body:has(button[aria-label="Close fullscreen"]:hover) [role="tooltip"] p::after {content: "退出全屏";}
[data-testid="stDateInput"] [role="spinbutton"][data-placeholder] {font-size: 0;}
[data-testid="stDateInput"] [role="spinbutton"][data-placeholder]::after {font-size: .95rem;}
[data-testid="stDateInput"] [data-type="year"][data-placeholder]::after {content: "年";}
[data-testid="stDateInput"] [data-type="month"][data-placeholder]::after {content: "月";}
[data-testid="stDateInput"] [data-type="day"][data-placeholder]::after {content: "日";}
MENU [role="menuitem"] {font-size: 0;}
MENU [data-testid="stIconMaterial"] {font-size: 1.15rem;}
MENU > [role="menuitem"]::after {font-size: .9rem;}
MENU > [role="menuitem"]:nth-child(2):nth-last-child(n+6)::after {content: "升序";}
MENU > [role="menuitem"]:nth-child(3):nth-last-child(n+5)::after {content: "降序";}
MENU [role="menuitem"][aria-haspopup] {display: none;}
MENU > [role="menuitem"]:nth-last-child(3)::after {content: "按内容调宽";}
MENU > [role="menuitem"]:nth-last-child(2)::after {content: "固定或取消固定";}
MENU > [role="menuitem"]:nth-last-child(1)::after {content: "隐藏此列";}
</style>
""".replace("MENU", '[data-testid="stDataFrameColumnMenu"] > [role="menu"]')
"""What streamlit itself says in English and has no setting for: the words of the upload field, the hint to press Enter, the parts
of an empty date, the tools of a table and the menu of its columns. What opens beside that menu (statistics of a column, other
formats) has words that cannot be put into Chinese, and numbers and dates are written as they should be already: it is left out.
The calendar of a date speaks the browser's own language."""

_BY_KEYBOARD = """
<style>
[data-testid="stDataFrame"] {position: relative;}
[data-testid="stDataFrame"]:has(:focus-visible)::after {
  content: "%s"; position: absolute; bottom: 100%%; left: 0; z-index: 9; padding: .1rem .5rem; font-size: .8rem;
  color: #ffffff; background: #1f5fa8; border-radius: 4px 4px 0 0;}
</style>
"""
"""How a row is picked without a mouse, said while the keyboard is in a table."""

_HERE = """
<style>[data-testid="stSidebarNavLink"][href$="/%s"] {background-color: rgba(143, 193, 242, .18); font-weight: 600;}</style>
"""
"""How the menu marks the list that the page of one thing belongs to."""


def dress(words: Words, of: str = "") -> None:
    """Set spacing and widths of every page; in Chinese, put Chinese words in place of streamlit's own.

    `of` is the list that the page of one thing belongs to: the menu marks it.
    """
    style = _STYLE + _BY_KEYBOARD % words.t("dashboard.by_keyboard")
    st.html(style + (_CHINESE if words.language == "zh" else "") + (_HERE % of if of else ""))


__all__ = ["dress"]
