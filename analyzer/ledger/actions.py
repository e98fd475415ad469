"""What a person does to a problem of the ledger. Each action is a plain value; `Ledger.act` and `Ledger.bulk` carry it out.

`reason` is required where it stands without a default. `None` leaves a field as it is; an empty text clears it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof by reference: a document number, or a path; `sha256` where it is a file that was there to be read."""

    reference: str
    sha256: str | None = None

    @classmethod
    def of(cls, reference: str, folder: Path | None = None) -> Proof:
        """Return the proof for a document number or a path; a file that exists is hashed.

        For the command line only: a server must not read whatever file its user names.
        """
        path = (folder or Path()) / reference
        try:
            if not path.is_file():
                return cls(reference)
            digest = hashlib.sha256()
            with path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
        except OSError:
            return cls(reference)
        return cls(reference, digest.hexdigest())


@dataclass(frozen=True, slots=True)
class Confirm:
    """It is a problem (属实)."""

    name: ClassVar[str] = "confirm"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """It is not a problem (不属实). Where the ledger asks for a second person, another one has to do the same."""

    name: ClassVar[str] = "reject"
    reason: str


@dataclass(frozen=True, slots=True)
class Assign:
    """Who leads (定领导), who answers (定责任: a person and a unit)."""

    name: ClassVar[str] = "assign"
    leader: str | None = None
    responsible: str | None = None
    unit: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done (定方案) and by when (定时限); with both, a confirmed problem is being rectified (整改中)."""

    name: ClassVar[str] = "plan"
    plan: str | None = None
    deadline: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """Rectified (销号): needs a reason, at least one proof (here or attached before) and the four 定 filled."""

    name: ClassVar[str] = "close"
    reason: str
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class Reopen:
    """Take a decision back."""

    name: ClassVar[str] = "reopen"
    reason: str


@dataclass(frozen=True, slots=True)
class Suppress:
    """Put it aside until a day (included); the next audit that is followed after it brings it back."""

    name: ClassVar[str] = "suppress"
    reason: str
    until: date


@dataclass(frozen=True, slots=True)
class ListForSupervision:
    """Put it on the list for supervision (挂牌督办)."""

    name: ClassVar[str] = "supervise"
    reason: str


@dataclass(frozen=True, slots=True)
class Unlist:
    """Take it off the list for supervision."""

    name: ClassVar[str] = "unsupervise"
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """Write something down."""

    name: ClassVar[str] = "note"
    text: str


@dataclass(frozen=True, slots=True)
class Attach:
    """Attach proofs."""

    name: ClassVar[str] = "attach"
    proofs: tuple[Proof, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Who was held to account, and how (问责情况)."""

    name: ClassVar[str] = "account"
    text: str


Action = (
    Confirm | Reject | Assign | Plan | Close | Reopen | Suppress | ListForSupervision | Unlist | Note | Attach | Account
)


@dataclass(frozen=True, slots=True)
class Edited:
    """One row of a ledger workbook that a person worked on: what each field says now, at the version it was made from."""

    place: str
    number: str
    version: int
    values: Mapping[str, str] = field(default_factory=dict)


__all__ = [
    "Account",
    "Action",
    "Assign",
    "Attach",
    "Close",
    "Confirm",
    "Edited",
    "ListForSupervision",
    "Note",
    "Plan",
    "Proof",
    "Reject",
    "Reopen",
    "Suppress",
    "Unlist",
]
