"""The dashboard's door: page config, sign-in and navigation. `analyzer dashboard` starts it."""

import streamlit as st

from analyzer.dashboard import ICON, frame

st.set_page_config(page_title="非现场执法监督", page_icon=str(ICON), layout="wide", initial_sidebar_state=220)
frame.run()
