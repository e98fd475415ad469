"""One file for each step, in order: m0001 first."""
