"""The words of the pages in both languages; what the reports name too is named by `reports.wording`."""

from __future__ import annotations

from analyzer.model import Text

TEXTS = {
    "title": Text("审核总览", "Overview of the audit"),
    "run": Text(
        "基准日 {as_of} · 法律配置：{profile} · 规则 {rules} 条 · 审核编号 {run}",
        "As of {as_of} · profile: {profile} · {rules} rules · run {run}",
    ),
    "sidebar": Text("结果包", "Package"),
    "package": Text("结果包目录", "Folder of the package"),
    "package_help": Text(
        "analyzer audit … --out 写出的目录；也可以用环境变量 ANALYZER_PACKAGE 指定",
        "What analyzer audit ... --out wrote; the environment variable ANALYZER_PACKAGE names it too",
    ),
    "language": Text("语言", "Language"),
    "no_package": Text("还没有可以看的审核结果", "There is no audit to look at yet"),
    "make_one": Text(
        "先运行下面的命令，再刷新本页；或者在左侧填写结果包目录。",
        "Run this first and reload the page, or name the folder of a package on the left.",
    ),
    "unreadable": Text("这个结果包不完整或已损坏，请重新审核。", "This package is damaged or not whole. Audit again."),
    "breach": Text("违规问题", "Breaches"),
    "breach_help": Text("规则适用，数据表明未做到", "The rule applies and the data shows that it was broken"),
    "review": Text("待核问题", "For review"),
    "review_help": Text(
        "看来未做到，但可能有数据里看不出的例外，须由人核实",
        "It looks broken, but an exception may apply that the data cannot show: a person has to look",
    ),
    "records": Text("涉及记录", "Records"),
    "records_help": Text("问题所涉的记录，一条只计一次", "Records that findings name; each counts once"),
    "undecided": Text("无法判定", "Not assessable"),
    "undecided_help": Text(
        "各规则合计的次数：缺少表、列、单元格或参数；不等于合规",
        "Over all rules: a table, column, cell or parameter was missing; that does not mean compliant",
    ),
    "loaded": Text("载入行数", "Rows loaded"),
    "loaded_help": Text("读到 {read} 行，来自 {files} 个文件", "{read} rows were read from {files} files"),
    "by_severity": Text("按严重程度", "By severity"),
    "by_family": Text("按类别", "By family"),
    "answers": Text("每条规则的五种结论", "The five answers of each rule"),
    "answers_note": Text(
        "每条规则所看记录的比例，违规和待核多的在前；鼠标停在色块上可看记录数。",
        "Shares of the rows that each rule looked at, most breaches first; hover over a bar for the counts.",
    ),
    "which": Text("显示哪些规则", "Which rules"),
    "which.found": Text("有发现的", "with findings"),
    "which.undecided": Text("有无法判定的", "that could not answer"),
    "which.all": Text("全部", "all"),
    "none": Text("没有这样的规则。", "There are none."),
    "hover": Text("%{customdata} 条（%{x:.1%}）", "%{customdata} rows (%{x:.1%})"),
    "findings": Text("问题数", "findings"),
    "missing": Text("未能判定：缺什么", "Not assessable: what was missing"),
    "missing_note": Text(
        "沉默不等于合格：缺数据的规则在此列明，补齐后重新审核。",
        "Silence is no pass: rules that lacked data are listed here. Supply it and audit again.",
    ),
    "nothing_missing": Text("没有缺项，所有适用的规则都已作出判定。", "Nothing was missing: every rule answered."),
    "intake": Text("数据接收", "Intake"),
    "intake_note": Text(
        "读到 {rows_read} 行 = 载入 {loaded} + 重复 {duplicates} + 被替换 {replaced} + 未载入 {quarantined}；读取问题 {issues} 处",
        "{rows_read} rows = {loaded} loaded + {duplicates} duplicates + {replaced} replaced + {quarantined} quarantined;"
        " {issues} issues",
    ),
    "refused": Text("有 {n} 个文件或工作表未能接收，见下表。", "{n} files or sheets were refused, see below."),
}
