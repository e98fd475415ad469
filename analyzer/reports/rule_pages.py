"""The catalogue of rules as pages: one a family and language, and an index; made from the rule files, never written.

Each rule shows its law, its meaning, its parameters with dates and sources, the data that it needs (followed from its
own texts), its examples and its known limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analyzer.engine.judge import plan_rules
from analyzer.engine.reach import Reach, reach_of
from analyzer.engine.setting import Setting, Supply
from analyzer.model import Text
from analyzer.model.errors import Language
from analyzer.model.law import Citation, ParameterEntry, Rulings
from analyzer.model.rule import Rule, Wording
from analyzer.reports.lawbook import Citations, Lawbook
from analyzer.reports.wording import Words
from analyzer.rulebook.library import Library, RuleFile
from analyzer.rulebook.rulings import resolve

_DAY = date(2025, 12, 31)
"""The pages hold for any day: conditions are shown as written, parameters with all their dates."""

_FAMILIES = {
    "device": Text("设备", "Devices"),
    "evidence": Text("证据", "Evidence"),
    "notice": Text("告知", "Notices"),
    "procedure": Text("程序", "Procedure"),
    "penalty": Text("处罚", "The penalty"),
    "people": Text("人员与主体", "People and bodies"),
    "collection": Text("收缴", "Collection"),
    "coercion": Text("强制", "Coercion"),
    "money": Text("收费与罚没", "Money"),
    "fairness": Text("公正", "Fairness"),
    "frequency": Text("频次", "Frequency"),
    "public": Text("群众诉求", "The public"),
}
_PARTS = {
    "applies_when": Text("适用", "Applies when"),
    "breach": Text("违规", "Breach"),
    "review": Text("待核", "Review"),
    "review_instead": Text("只作待核的例外", "Review instead, where"),
    "undecided_when": Text("无法判定", "Not assessable where"),
}
_TOP = Text(
    "本页由 `analyzer rules docs` 从规则文件生成，请勿手工修改。",
    "Made from the rule files by `analyzer rules docs`; do not edit.",
)


def write_rule_pages(library: Library, out: Path) -> list[Path]:
    """Write the pages below `out`, take away pages of families that are gone, and return what was written."""
    pages = rule_pages(library)
    for language in ("zh", "en"):
        for old in (out / language).glob("*.md"):
            if old.relative_to(out).as_posix() not in pages:
                old.unlink()
    for name, text in pages.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return [out / name for name in pages]


def rule_pages(library: Library) -> dict[str, str]:
    """Return every page by its path: `zh/notice.md`, `en/notice.md`, and the index of each language."""
    setting = _setting(library)
    reaches = _reaches(library, setting)
    pages: dict[str, str] = {}
    languages: tuple[Language, ...] = ("zh", "en")
    for language in languages:
        page = _Pages(library, setting, reaches, Words(language))
        pages |= {f"{language}/{family}.md": page.family(family) for family in page.families}
        pages[f"{language}/README.md"] = page.index()
    return pages


def _setting(library: Library) -> Setting:
    rulings = resolve(library.parameters, library.profiles, library.laws)
    supply = Supply({name: frozenset(table.columns) for name, table in library.vocabulary.tables.items()})
    return Setting(library.vocabulary, library.bases, rulings.parameters, rulings.chain, _DAY, supply)


def _reaches(library: Library, setting: Setting) -> dict[str, Reach]:
    plans = plan_rules(setting, library, list(library.rules.values()))
    return {rule.rule.code: reach_of(rule) for plan in plans for rule in plan.rules}


@dataclass
class _Pages:
    """The pages of one language."""

    library: Library
    setting: Setting
    reaches: Mapping[str, Reach]
    words: Words

    def __post_init__(self) -> None:
        brought = {name: law for one in self.library.profiles.values() for name, law in one.instruments.items()}
        rulings = Rulings(self.setting.chain, self.library.parameters, {**self.library.laws, **brought})
        self.citations = Citations(Lawbook(self.library, rulings, self.setting), self.words)
        self.families: dict[str, list[RuleFile]] = {}
        for one in self.library.rules.values():
            self.families.setdefault(one.rule.id.split(".")[0], []).append(one)

    @property
    def language(self) -> Language:
        return self.words.language

    def t(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def wording(self, text: Wording) -> str:
        return self.words.say(text.text)

    def index(self) -> str:
        other = self.t("[English](../en/README.md)", "[中文](../zh/README.md)")
        lines = [f"# {self.t('规则目录', 'The rules')}", "", f"{self.words.say(_TOP)} {other}", ""]
        lines += [
            self.t(
                f"共 {len(self.library.rules)} 条。“违规”只在数据足以说明时得出；线索类规则最多是待核。",
                f"{len(self.library.rules)} rules. A breach is said only where the data show it; an indicator says review at most.",
            ),
            "",
        ]
        for family, rules in self.families.items():
            lines += [f"## [{self.family_title(family)}]({family}.md)", ""]
            lines += self.table(
                (
                    self.t("代码", "Code"),
                    self.t("问题", "Problem"),
                    self.t("性质", "Force"),
                    self.t("严重程度", "Severity"),
                ),
                (
                    (f"[{one.code}]({family}.md#{one.code.lower()})", self.wording(one.title), *self.grade(one))
                    for one in (each.rule for each in rules)
                ),
            )
        return "\n".join(lines).rstrip() + "\n"

    def family_title(self, family: str) -> str:
        return self.words.say(_FAMILIES.get(family, Text(family, family)))

    def grade(self, rule: Rule) -> tuple[str, str]:
        return self.words.name("force", str(rule.force)), self.words.name("severity", str(rule.severity))

    def family(self, family: str) -> str:
        index = self.t("[目录](README.md)", "[All rules](README.md)")
        lines = [f"# {self.family_title(family)}", "", f"{self.words.say(_TOP)} {index}", ""]
        for one in self.families[family]:
            lines += self.rule(one)
        return "\n".join(lines).rstrip() + "\n"

    def rule(self, one: RuleFile) -> list[str]:
        rule = one.rule
        grade = self.t("，", ", ").join(self.grade(rule))
        lines = [f'<a id="{rule.code.lower()}"></a>', "", f"## {rule.code} {self.wording(rule.title)}", ""]
        lines += [
            f"`{rule.id}` v{rule.version} · {grade} · {self.t('判断', 'judges')} {self.table_name(rule.reads)}",
            "",
        ]
        lines += [f"**{self.t('要求', 'Requirement')}** {self.wording(rule.requirement)}", ""]
        lines += [f"**{self.t('依据', 'Law')}**", "", *(f"- {self.cited(one)}" for one in rule.basis), ""]
        lines += self.meaning(rule)
        lines += self.parameters(rule)
        lines += self.data(rule)
        lines += self.examples(rule)
        lines += [f"**{self.t('建议', 'Remedy')}** {self.wording(rule.remedy)}", ""]
        if rule.limits:
            lines += [f"**{self.t('局限', 'Limits')}** {self.wording(rule.limits)}", ""]
        return lines

    def cited(self, one: object) -> str:
        """One article with the days from and until which it holds."""
        article = getattr(one, "article", None)
        where = article.text if isinstance(article, Wording) else article
        text = self.citations.places([Citation(str(getattr(one, "law", "")), where)], marked=True)
        start, end = getattr(one, "from_", None), getattr(one, "until", None)
        text += self.t(f"（自 {start}）", f" (from {start})") if start else ""
        return text + (self.t(f"（至 {end}）", f" (until {end})") if end else "")

    def meaning(self, rule: Rule) -> list[str]:
        rows = [(name, getattr(rule, part)) for part, name in _PARTS.items() if getattr(rule, part)]
        lines = [f"**{self.t('判定', 'How it is judged')}**", ""]
        lines += [f"- {self.words.say(name)}{self.t('：', ': ')}`{' '.join(text.split())}`" for name, text in rows]
        lines += [f"- `{name}` = `{' '.join(text.split())}`" for name, text in rule.define.items()]
        for name, gather in rule.gather.items():
            about = self.wording(gather.about) if gather.about else name
            method = gather.method
            how = self.t(f"，统计方法 `{method.name}`", f"; statistical method `{method.name}`") if method else ""
            lines.append(f"- `{name}`{self.t('：', ': ')}{about}{how}")
        if rule.blank_is_proof:
            proof = ", ".join(f"`{name}`" for name in rule.blank_is_proof)
            lines.append(f"- {self.t('空白即证据：', 'A blank is proof in ')}{proof}")
        if rule.profile:
            lines.append(
                self.t(f"- 只在配置 `{rule.profile}` 下适用", f"- Applies under the profile `{rule.profile}` only")
            )
        return [*lines, ""]

    def parameters(self, rule: Rule) -> list[str]:
        names = self.reaches[rule.code].parameters
        if not names:
            return []
        head = self.t("参数,自,值,配置,来源", "Parameter,From,Value,Profile,Source").split(",")
        rows = [row for name in sorted(names) for row in self.entries(name, rule.reads)]
        return [f"**{self.t('参数', 'Parameters')}**", "", *self.table(head, rows)]

    def entries(self, name: str, table: str) -> Iterable[tuple[str, ...]]:
        parameter = self.library.parameters[name]
        every = [("", entry) for entry in parameter.entries]
        every += [(one.id, entry) for one in self.library.profiles.values() for entry in one.overrides.get(name, ())]
        for profile, entry in every:
            value = self.citations.value(parameter.unit, entry.value, table)
            title = f"`{name}` {self.words.say(parameter.title)}"
            yield title, str(entry.from_ or ""), value, profile, self.source(entry)

    def source(self, entry: ParameterEntry) -> str:
        said = self.citations.places(entry.basis) if entry.basis else ""
        status = self.words.name("status", str(entry.status))
        checked = self.t(f"{entry.checked_on} 核对", f"checked {entry.checked_on}") if entry.checked_on else ""
        return self.t("；", "; ").join(part for part in (said, status, checked) if part)

    def data(self, rule: Rule) -> list[str]:
        lines = [f"**{self.t('所需数据', 'Data needed')}**", ""]
        reach = self.reaches[rule.code]
        for table in reach.tables:
            known = self.library.vocabulary[table].columns
            names = [column for of_table, column in reach.columns if of_table == table]
            titles = [f"{self.words.say(known[name].title)} `{name}`" for name in known if name in names]
            lines.append(f"- {self.table_name(table)}{self.t('：', ': ')}{self.t('、', ', ').join(titles)}")
        return [*lines, ""]

    def examples(self, rule: Rule) -> list[str]:
        lines = [f"**{self.t('示例', 'Examples')}**", ""]
        for case in rule.examples.cases:
            said = [case.expect] if isinstance(case.expect, str) else dict.fromkeys(case.expect.values())
            verdicts = self.t("、", ", ").join(self.words.name("verdict", one) for one in said)
            lines.append(f"- {case.name} → {verdicts}")
        return [*lines, ""]

    def table_name(self, table: str) -> str:
        return f"{self.words.say(self.library.vocabulary[table].title)} `{table}`"

    def table(self, head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
        head = list(head)
        lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
        lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
        return [*lines, ""]


__all__ = ["rule_pages", "write_rule_pages"]
