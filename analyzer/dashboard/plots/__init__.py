"""The charts of the pages: Plotly figures as functions of what was counted. They draw offline and say data as text."""
