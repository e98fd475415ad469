"""`python -m analyzer.cli`: the program where its own name is not on the path of a scheduler."""

from __future__ import annotations

from analyzer.cli import main

if __name__ == "__main__":
    main()
