"""The law that a run was judged by, kept whole: rule library, own rules, own profile and mapping files in one archive.

The archive is named by the hash of what is in it, so nights under the same law share one. An earlier run is judged
again from it, whatever the library has become since.
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analyzer.engine.audit import Order
from analyzer.rulebook import library
from analyzer.store.durable import put
from analyzer.store.places import Store

_LIBRARY, _OWN, _PROFILE = "library", "own", "profile.yaml"
_ENDINGS = {".yaml", ".yml", ".csv", ".sql"}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class KeptLaw:
    """A state of the law, unpacked: the folder of the library, the folders of own rules, the own profile file."""

    library: Path
    own: tuple[Path, ...]
    profile: Path | None


def law_hash(order: Order) -> str:
    """Return the hash of everything on the law side that an order is judged by."""
    digest = hashlib.sha256()
    for name, path in _files(order):
        digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def keep_law(store: Store, order: Order) -> str:
    """Keep the law of an order and return its hash; a state that is kept already costs nothing more."""
    sha256 = law_hash(order)
    target = store.law / f"{sha256}.zip"
    if target.is_file():
        return sha256
    draft = store.law / ".draft"
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in _files(order):
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), path.read_bytes(), zipfile.ZIP_DEFLATED)
    put(draft, target)
    return sha256


def unpack_law(store: Store, sha256: str, folder: Path, *, only_own: bool = False) -> KeptLaw | None:
    """Unpack a state of the law, or what of it is the bureau's own, into a folder; None when it is not kept."""
    source = store.law / f"{sha256}.zip"
    if not source.is_file():
        return None
    with zipfile.ZipFile(source) as archive:
        wanted = [one for one in archive.namelist() if not (only_own and one.startswith(f"{_LIBRARY}/"))]
        archive.extractall(folder, wanted)  # made by `keep_law`
    own = tuple(sorted((folder / _OWN).iterdir(), key=lambda one: int(one.name))) if (folder / _OWN).is_dir() else ()
    profile = folder / _PROFILE
    return KeptLaw(folder / _LIBRARY, own, profile if profile.is_file() else None)


def copy_own_law(store: Store, sha256: str, work: Path, target: Path) -> None:
    """Put the bureau's own rules and profile into a package, as the package of an audit has them."""
    folder = work / "law"
    shutil.rmtree(folder, ignore_errors=True)
    kept = unpack_law(store, sha256, folder, only_own=True)
    for place in kept.own if kept else ():
        shutil.copytree(place, target / "rules", dirs_exist_ok=True)
    if kept and kept.profile:
        target.mkdir(exist_ok=True)
        shutil.copyfile(kept.profile, target / "profile.yaml")
    shutil.rmtree(folder, ignore_errors=True)


def _files(order: Order) -> Iterator[tuple[str, Path]]:
    """Every file of the law under the name that it has in the archive."""
    places = [(_LIBRARY, library.rules_folder()), *((f"{_OWN}/{n}", place) for n, place in enumerate(order.rules))]
    for name, place in places:
        for path in sorted(place.rglob("*")):
            if path.is_file() and path.suffix in _ENDINGS:
                yield f"{name}/{path.relative_to(place).as_posix()}", path
    if isinstance(order.profile, Path):
        yield _PROFILE, order.profile


__all__ = ["KeptLaw", "copy_own_law", "keep_law", "law_hash", "unpack_law"]
