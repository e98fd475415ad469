"""A store of an older version becomes one of this version, step by step, after a backup."""

from __future__ import annotations

from analyzer.store.backup import back_up
from analyzer.store.places import FORMAT, MIGRATIONS, Store


def migrate(store: Store) -> bool:
    """Bring a store to this program's version; return whether there was anything to do. The lock must be held.

    The backup lies beside the store as `<name>.before-version-<n>` and is made before the first step. A step that is
    killed is done again: the label says which version is reached.
    """
    number = store.format()
    if number == FORMAT:
        return False
    target = store.root.parent / f"{store.root.name}.before-version-{FORMAT}"
    if not target.exists():
        back_up(store, target)
    while number < FORMAT:
        MIGRATIONS[number](store)
        number += 1
        store.write_label(number)
    return True


__all__ = ["migrate"]
