"""The steps by which the ledger database came to its present form, for alembic. `migrate` runs them.

A step, once released, is never changed: a new one is added behind it, and `migrate.HEAD` names the last.
"""
