"""Apache Spark as the engine: the same plans, the same SQL through sqlglot, the same findings as DuckDB.

`session` starts Spark, `functions` teaches it our named functions, `lake` opens the canonical tables, `dialect` turns
our SQL into Spark's, `bench` runs a plan's queries there and brings home what is small.
"""
