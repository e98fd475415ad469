"""Many unrelated parties behind one telephone or one payer."""

from __future__ import annotations

import numpy as np
import polars as pl

from analyzer.engine.statistics import Settings, method
from analyzer.engine.statistics.judged import in_fixed_order


@method(
    "connected",
    "how many unrelated parties stand behind one contact (connected components)",
    ("contact", "party", "enterprise", "vehicle", "cases"),
    parties_min=5,
)
@in_fixed_order
def connected(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Flag the contacts (a telephone, a payer) behind which `parties_min` or more unrelated parties stand.

    Units: contact, party, enterprise and vehicle (the last two may be missing) with the number of `cases`. Among
    the cases of one contact, parties that share an enterprise or a vehicle are related, and so is whoever is related
    to them: connected components of that graph are counted (SciPy). This is a count, not a test: it has no p-value.
    Expected is the mean number of unrelated parties behind a contact, sample the cases of the contact, statistic the
    number of parties by name.
    """
    known = units.filter(pl.col("contact").is_not_null() & pl.col("party").is_not_null())
    if known.is_empty():
        return units
    labelled = known.select("contact", "party", "cases", pl.Series("label", _components(known)))
    counts = labelled.group_by("contact").agg(
        pl.col("label").n_unique().cast(pl.Float64).alias("observed"),
        pl.col("party").n_unique().cast(pl.Float64).alias("statistic"),
        pl.col("cases").sum().cast(pl.Int64).alias("sample"),
    )
    usual = counts["observed"].cast(pl.Int64).sum() / counts.height
    return units.join(counts, on="contact", how="left", maintain_order="left").with_columns(
        (pl.col("observed") >= settings["parties_min"]).alias("flagged"),
        pl.when(pl.col("observed").is_not_null()).then(pl.lit(usual)).alias("expected"),
        pl.when(pl.col("observed").is_not_null()).then(pl.lit(float(settings["parties_min"]))).alias("upper"),
        pl.lit("connected components, count").alias("method"),
    )


def _components(known: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Return the component of each row in the graph of parties, enterprises and vehicles, within its contact."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    kinds = {"party": 0, "enterprise": 1, "vehicle": 2}
    nodes = pl.concat(
        known.with_row_index("place").select(
            "place", "contact", pl.lit(kind).alias("kind"), pl.col(name).cast(pl.String).alias("name")
        ).filter(pl.col("name").is_not_null())
        for name, kind in kinds.items()
    )  # fmt: skip
    nodes = nodes.with_columns((pl.struct("contact", "kind", "name").rank("dense") - 1).alias("node"))
    parties = nodes.filter(pl.col("kind") == 0).select("place", pl.col("node").alias("party")).sort("place")
    edges = nodes.filter(pl.col("kind") > 0).join(parties, on="place")
    size = int(nodes["node"].n_unique())
    ones = np.ones(edges.height, dtype=np.int8)
    graph = coo_array((ones, (edges["party"].to_numpy(), edges["node"].to_numpy())), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels[parties["party"].to_numpy()], dtype=np.int32)
