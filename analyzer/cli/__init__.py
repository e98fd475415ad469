"""The command line: one verb for each job, an example in every help, errors that say place, cause and remedy.

May import every other room except `dashboard`. Start with `program.main`.
"""

from __future__ import annotations


def main() -> None:
    """Run the command line; the process ends with its exit status."""
    from analyzer.cli.program import main as run

    run()
