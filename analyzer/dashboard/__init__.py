"""The pages that inspectors browse: they lay out what `reports.figures` counted and `queries` ask for.

May import `reports` and the rooms below it; streamlit is imported nowhere else. Start with `frame.run`;
`app.py` at the root is the door.
"""

from __future__ import annotations

from pathlib import Path

ICON = Path(__file__).parent / "assets" / "icon.png"
"""The page icon. It is a file of ours: an icon by name would be fetched from outside."""

__all__ = ["ICON"]
