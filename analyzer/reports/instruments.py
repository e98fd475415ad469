"""The instruments that the rules of an audit cite, in words, and how well each text is known."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.reports.lawbook import Citations
from analyzer.reports.material import Material


@dataclass(frozen=True, slots=True)
class CitedInstrument:
    """One instrument that a rule of the audit cites, in words; None is what the legal basis does not state."""

    kind: str
    name: str
    places: str
    issuer: str | None
    number: str | None
    in_force: str | None
    status: str


def instruments(made: Material) -> list[CitedInstrument]:
    """Return every instrument that a rule of the audit cites, and whether its text was read or only remembered."""
    words, law = made.words, made.law
    rules = [law.rule(one.rule) for one in made.figures.answers]
    found = []
    for key, places in Citations(law, words).cited(rule for rule in rules if rule is not None).items():
        known = law.instruments.get(key)
        if known is None:
            found.append(
                CitedInstrument(words.t("column.basis"), key, places, None, None, None, words.t("law_status.unknown"))
            )
            continue
        issuer = words.say(known.issuer) if known.issuer else None
        begins = known.from_.isoformat() if known.from_ else None
        rank, status = words.name("rank", known.rank), words.t(f"status.{known.status}")
        found.append(CitedInstrument(rank, words.say(known.title), places, issuer, known.number, begins, status))
    return found


__all__ = ["CitedInstrument", "instruments"]
