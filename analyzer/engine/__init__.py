"""Rules x records -> verdicts -> findings.

May import `records`, `rulebook` and `model`. Start with `audit.judge`: it compiles the rules of each base table into
one query, runs it once, and rolls up what is not in order. The meaning of a rule's words lives in `terms`.
"""
