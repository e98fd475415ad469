"""What a scan would do, said without doing it: nothing is written, not even a lock."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from analyzer.model import Text
from analyzer.store.contents import file_hash
from analyzer.store.durable import in_plain_words
from analyzer.store.inbox import look
from analyzer.store.judging import Law
from analyzer.store.law_kept import law_hash
from analyzer.store.places import existing
from analyzer.store.run_record import asked_of
from analyzer.store.scan import Request
from analyzer.store.warehouse import Run, opened


@dataclass(frozen=True)
class Preview:
    """Files that would be taken in, that came before, that are still being written; and what would be judged and why."""

    new: tuple[str, ...]
    again: tuple[str, ...]
    waiting: tuple[str, ...]
    why: tuple[Text, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it as data."""
        return asdict(self) | {"why": [{"zh": one.zh, "en": one.en} for one in self.why]}


def preview(request: Request) -> Preview:
    """Return what a scan would do; raise `AnalyzerError` for what would stop it."""
    Law.of(request.order)
    taken: set[str] = set()
    last: Run | None = None
    if request.store.exists:
        with in_plain_words(f"--store {request.store.root}"):
            existing(request.store.root)
            if request.store.warehouse.is_file():
                with opened(request.store, read_only=True) as house:
                    taken, last = house.taken(), house.last_run()
    offered = (
        look(request.inbox, request.settle) if request.inbox.is_dir() or request.inbox != request.store.inbox else None
    )
    new: list[str] = []
    again: list[str] = []
    for source in offered.ready if offered else ():
        sha256 = file_hash(source.path)
        (again if sha256 in taken else new).append(source.label)
        taken.add(sha256)
    return Preview(tuple(new), tuple(again), offered.waiting if offered else (), tuple(_why(request, last, bool(new))))


def _why(request: Request, last: Run | None, has_new: bool) -> list[Text]:
    if last is None:
        return [Text("第一次扫描：全部判定", "the first scan: everything is judged")]
    why = []
    if request.full:
        why.append(Text("--full：全部重新判定", "--full: everything is judged anew"))
    asked = asked_of(request.order)
    if law_hash(request.order) != last.law_sha256 or asked != last.orders:
        changed = "rules, parameters or calendar have changed: the rules concerned are judged anew"
        why.append(Text("规则、参数或日历有改动：受影响的规则全部重新判定", changed))
    if request.order.as_of != last.as_of:
        why.append(
            Text(
                f"基准日由 {last.as_of} 变为 {request.order.as_of}：期限在其间届满的记录重新判定",
                f"the day moves from {last.as_of} to {request.order.as_of}: records whose clock ran out are judged anew",
            )
        )
    if has_new:
        why.append(Text("新文件涉及的记录重新判定", "the records that new files touch are judged anew"))
    return why or [Text("没有需要重新判定的内容", "there is nothing to judge anew")]


__all__ = ["Preview", "preview"]
