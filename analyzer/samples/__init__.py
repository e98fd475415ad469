"""Made data with known breaches: a believable bureau, its exports, and the truth about them.

May import `model` and the readers of `rulebook`. Start with `make_bureau`; what is planted and which codes it
must raise is data under `rules/samples/`.
"""

from analyzer.samples.bureau import Bureau, Truth, make_bureau
from analyzer.samples.canonical import write_canonical
from analyzer.samples.exports import write_exports

__all__ = ["Bureau", "Truth", "make_bureau", "write_canonical", "write_exports"]
