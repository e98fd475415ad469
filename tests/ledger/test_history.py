"""The history can only be added to, and whoever gets past that is found."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from analyzer.ledger import Confirm, Ledger, Note, Reported, Reveal, User, open_ledger
from analyzer.model import AnalyzerError
from tests.ledger.conftest import Scans, make_found

N = "2023-0001"


@pytest.fixture
def used(ledger: Ledger, scan: Scans) -> Ledger:
    """A ledger with a bit of everything in its history."""
    scan(make_found("a"), make_found("b"))
    ledger.act(N, Confirm("属实"), by="li")
    ledger.act(N, Note("已核实"), by="li")
    ledger.add_clue(Reported("12328", date(2023, 5, 1), "stops", "豫M12345 被拦，13812345678"), by="li")
    ledger.save_account(User("wang", role="legal", agencies=("01",)), by="root")
    ledger.log_reveal(by="wang", kind="plate", reason="核对", finding_id="f-a")
    return ledger


def tamper(path: Path, *statements: str, freely: bool = True) -> None:
    """Change the file past the program, as someone with a database tool would."""
    con = sqlite3.connect(path)
    if freely:
        triggers = con.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            con.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        con.execute(statement)
    con.commit()
    con.close()


def test_it_holds(used: Ledger) -> None:
    found = used.verify()
    assert found.holds
    assert found.lines == len(used.history())
    assert [line.seq for line in used.history()] == list(range(1, found.lines + 1))


@pytest.mark.parametrize("table", ["history", "reveals"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET by = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_changes(used: Ledger, path: Path, table: str, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        tamper(path, statement.format(table), freely=False)


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("UPDATE history SET by = 'wang' WHERE seq = 4", 4),
        ("UPDATE history SET new = replace(new, 'confirmed', 'rejected') WHERE seq = 4", 4),
        ("UPDATE history SET at = '2023-05-01T09:00:00' WHERE seq = 1", 1),
        ("DELETE FROM history WHERE seq = 3", 3),
        ("DELETE FROM history WHERE seq = 1", 1),
        ("UPDATE history SET hash = '0' WHERE seq = 2", 2),
        ("UPDATE history SET previous = '0' WHERE seq = 5", 5),
    ],
)
def test_the_first_broken_line_is_named(used: Ledger, path: Path, statement: str, line: int) -> None:
    tamper(path, statement)
    found = used.verify()
    assert not found.holds
    assert [number for number, _ in found.problems] == [line]
    assert str(line) in found.problems[0][1].zh


def test_a_cut_off_end_is_found_by_a_hash_noted_before(used: Ledger, path: Path) -> None:
    noted = used.verify().head
    used.act(N, Note("之后"), by="li")
    assert used.verify(expect=noted).holds, "what was noted then still stands in the chain"
    later = used.verify().head
    tamper(path, "DELETE FROM history WHERE what = 'note' AND seq > 6")
    assert used.verify().holds, "the chain alone cannot tell"
    assert used.verify(expect=noted).holds
    assert not used.verify(expect=later).holds


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE entries SET state = 'closed' WHERE number = '2023-0001'", "2023-0001"),
        ("UPDATE entries SET deadline = '2030-01-01' WHERE number = '2023-0002'", "2023-0002"),
        ("UPDATE entries SET severity = 'low' WHERE number = '2023-0002'", "2023-0002"),
        ("INSERT INTO proofs (entry_id, at, by, reference) VALUES (1, 'x', 'x', 'x')", "2023-0001"),
        ("DELETE FROM entries WHERE number = '2023-0002'", "2023-0002"),
        ("UPDATE accounts SET role = 'administrator'", "wang"),
        ("UPDATE clues SET state = 'concluded'", "XS2023-0001"),
    ],
)
def test_what_was_changed_past_the_history(used: Ledger, path: Path, statement: str, named: str) -> None:
    tamper(path, statement)
    found = used.verify()
    assert [named in text.zh for _, text in found.problems] == [True]


def test_nothing_of_anybody_is_in_the_chain(used: Ledger) -> None:
    said = repr(used.history())
    assert "豫M12345" not in said
    assert "13812345678" not in said
    assert "f-a" not in said


def test_reveals_hold_a_keyed_hash(used: Ledger, tmp_path: Path) -> None:
    used.log_reveal(by="wang", kind="plate", reason="核对", finding_id="f-a")
    used.log_reveal(by="wang", kind="plate", reason="核对", finding_id="f-b")
    last, again, first = used.reveals()
    assert again.reference == first.reference != last.reference
    with open_ledger(tmp_path / "other.sqlite") as other:
        elsewhere: Reveal = other.log_reveal(by="wang", kind="plate", reason="核对", finding_id="f-a")
    assert elsewhere.reference != first.reference, "the key is this ledger's own"
    with pytest.raises(AnalyzerError):
        used.log_reveal(by="wang", kind="plate", reason=" ")


def test_accounts(used: Ledger) -> None:
    assert used.account("wang") == User("wang", role="legal", agencies=("01",))
    used.save_account(User("root", role="administrator", password_hash="$argon2id$x"), by="root")
    used.save_account(User("root", "管理员", "administrator"), by="root")
    assert used.account("root").password_hash == "$argon2id$x", "None leaves the password"
    assert "$argon2id$x" not in repr(used.history())
    assert [line.what for line in used.history("root")] == ["account_saved", "password", "account_saved"]
    with pytest.raises(AnalyzerError, match="last administrator"):
        used.save_account(User("root", "管理员", "viewer"), by="root")
    with pytest.raises(AnalyzerError, match="no role"):
        used.save_account(User("zhao", role="king"), by="root")
    assert [one.name for one in used.accounts()] == ["root", "wang"]
    assert used.verify().holds
