"""The dashboard's door: page config and navigation, nothing else. `streamlit run app.py`, or ANALYZER_PACKAGE=DIR first."""

import streamlit as st

from analyzer.dashboard import ICON
from analyzer.dashboard.overview import show_overview

st.set_page_config(page_title="非现场执法监督", page_icon=str(ICON), layout="wide")
st.navigation([st.Page(show_overview, title="总览", url_path="overview", default=True)]).run()
