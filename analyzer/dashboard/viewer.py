"""Who looks at the pages: a role, and the agencies whose records are shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do; each role may do what the ones before it may, except that legal does not run scans."""

    VIEWER = "viewer"
    INSPECTOR = "inspector"
    LEGAL = "legal"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Viewer:
    """Somebody who is signed in, or the person at the PC where no sign-in is asked for.

    `agencies` limits what is shown to the records of these; None is no limit. `name` is the account, as the ledger
    writes it down.
    """

    name: str
    role: Role
    agencies: frozenset[str] | None = None
    signed_in: bool = False

    @property
    def may_reveal(self) -> bool:
        """Whether personal data may be shown to this person, with a reason that is written down."""
        return self.role in (Role.INSPECTOR, Role.LEGAL, Role.ADMINISTRATOR)

    @property
    def may_decide(self) -> bool:
        """Whether this person may change the ledger."""
        return self.role is not Role.VIEWER

    @property
    def may_upload(self) -> bool:
        """Whether this person may have files audited."""
        return self.role is not Role.VIEWER


__all__ = ["Role", "Viewer"]
