"""Results that can be brought up to date from a part of their rows: what they are made of, and whether a rule says it right."""

from __future__ import annotations

from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from analyzer.engine.night.ties import SOURCE, over_row
from analyzer.engine.setting import Setting
from analyzer.model import Text
from analyzer.model.rule import Gather


@dataclass(frozen=True)
class Sums:
    """What a result that adds up is made of: the columns of its groups, the sums, and the sum that counts rows."""

    keys: tuple[str, ...]
    sums: tuple[str, ...]
    count: str


def sums_of(sql: str) -> Sums | None:
    """Return what a query returns that ends with groups, counts and sums; None for any other query."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    if not isinstance(tree, exp.Select) or tree.args.get("group") is None or tree.args.get("having") is not None:
        return None
    keys, sums, counts = [], [], []
    for node in tree.selects:
        bare = node.unalias()
        while isinstance(bare, exp.Cast):
            bare = bare.this
        if isinstance(bare, exp.Count | exp.Sum) and not isinstance(bare.this, exp.Distinct):
            sums.append(node.alias_or_name)
            if isinstance(bare, exp.Count) and isinstance(bare.this, exp.Star):
                counts.append(node.alias_or_name)
        elif node.find(exp.AggFunc, exp.Window) is None:
            keys.append(node.alias_or_name)
        else:
            return None
    return Sums(tuple(keys), tuple(sums), counts[0]) if keys and counts else None


def parts_mistake(setting: Setting, gather: Gather) -> Text | None:
    """Return what of the `parts` of a gather cannot stand; None when all of it can, or there are none."""
    said = gather.parts
    if said is None:
        return None
    tree = sqlglot.parse_one(gather.sql, read="duckdb")
    if said.of not in setting.vocabulary.tables or said.of not in {table.name for table in tree.find_all(exp.Table)}:
        return Text(f"查询不读取表 `{said.of}`", f"the query does not read the table `{said.of}`")
    if said.apart and said.together is not None:
        return Text("together 与 apart 只能写一个", "together and apart cannot both stand")
    for text in (*said.apart.values(), *([said.together] if said.together else [])):
        if over_row(setting, said.of, SOURCE, text) is None:
            return Text(f"`{text}` 不能只凭一行得出", f"`{text}` cannot be told from a row alone")
    columns = tree.named_selects if isinstance(tree, exp.Query) else []
    for name in said.apart:
        if name not in columns:
            return Text(f"查询不返回列 `{name}`", f"the query does not return the column `{name}`")
    if not said.apart and sums_of(gather.sql) is None:
        return Text(
            "查询最后必须分组，其余各列只能是计数与求和，并且有一列 count(*)",
            "the query must end with groups, its other columns be counts and sums, and one of them count(*)",
        )
    return None


__all__ = ["Sums", "parts_mistake", "sums_of"]
