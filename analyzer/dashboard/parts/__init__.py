"""What several pages are put together from: marks, cards, states, the table of findings, one finding, the export."""
