"""Who comes in: settings, accounts, the doorkeeper before every request, and where the dashboard may listen."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from analyzer.dashboard import signing_in
from analyzer.dashboard.doorkeeper import Doorkeeper
from analyzer.dashboard.server import Start, free_port, is_loopback, options, prepared
from analyzer.dashboard.settings import Settings, read_settings
from analyzer.dashboard.signin_page import inside
from analyzer.dashboard.signing_in import COOKIE, PAUSE, SIGNED_IN, TRIES, SignedIn, hash_password, make_administrator
from analyzer.dashboard.source import Place
from analyzer.ledger import Ledger, User, open_ledger
from analyzer.model import AnalyzerError

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    """Hashes that cost as little as can be: how long they take is argon2's matter."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing_in, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """A ledger with an administrator and somebody who left."""
    ledger = open_ledger(tmp_path_factory.mktemp("accounts") / "ledger.sqlite")
    make_administrator(ledger, "wang", PASSWORD, by="test")
    ledger.save_account(User("li", "李", "viewer", (), False, hash_password(PASSWORD)), by="test")
    return ledger


def test_the_right_password_and_nothing_else(ledger: Ledger) -> None:
    door = SignedIn()
    token = door.sign_in(ledger, "wang", PASSWORD)
    assert token is not None and door.name_of(token) == "wang"
    for name, password in (("wang", PASSWORD + "x"), ("wang", ""), ("nobody", PASSWORD), ("li", PASSWORD)):
        assert door.sign_in(ledger, name, password) is None, name
    assert door.name_of("guess") is None
    door.sign_out(token)
    assert door.name_of(token) is None


def test_wrong_tries_make_a_pause_that_ends(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(signing_in.time, "monotonic", lambda: now)
    monkeypatch.setattr(signing_in, "fits", lambda kept, said: kept is not None and said == PASSWORD)
    door = SignedIn()
    for _ in range(TRIES):
        assert door.sign_in(ledger, "wang", "wrong") is None
    assert door.sign_in(ledger, "wang", PASSWORD) is None
    now += PAUSE + 1
    assert door.sign_in(ledger, "wang", PASSWORD) is not None


def test_a_session_ends_when_nobody_is_there(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(signing_in.time, "monotonic", lambda: now)
    monkeypatch.setattr(signing_in, "fits", lambda kept, said: True)
    door = SignedIn()
    token = door.sign_in(ledger, "wang", PASSWORD)
    now += signing_in.IDLE - 1
    assert door.name_of(token) == "wang"
    now += signing_in.IDLE + 1
    assert door.name_of(token) is None


def test_short_passwords_are_refused_and_none_is_repeated() -> None:
    with pytest.raises(AnalyzerError) as told:
        hash_password("short")
    assert "short" not in str(told.value)


SETTINGS = {
    'mode = "accounts"\nhosts = ["audit.local"]\n': None,
    'mode = "everybody"\n': "mode",
    'mod = "none"\n': "mod",
    'mode = "oidc"\n[oidc]\nclient_id = "a"\n': "client_secret",
    "mode = [": "TOML",
    'hosts = "audit.local"\n': "hosts",
}


@pytest.mark.parametrize("text", SETTINGS)
def test_settings_say_what_is_wrong(tmp_path: Path, text: str) -> None:
    path = tmp_path / "dashboard.toml"
    path.write_text(text, encoding="utf-8")
    wrong = SETTINGS[text]
    if wrong is None:
        assert read_settings(path).signs_in
        return
    with pytest.raises(AnalyzerError, match=wrong):
        read_settings(path)


def test_it_listens_to_others_only_where_people_sign_in(tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError, match="sign-in"):
        prepared(Start(Place(), host="0.0.0.0"))
    proxy = tmp_path / "proxy.toml"
    proxy.write_text('mode = "proxy"\n', encoding="utf-8")
    with pytest.raises(AnalyzerError, match="loopback"):
        prepared(Start(Place(), host="10.0.0.5", settings=proxy))
    accounts = tmp_path / "accounts.toml"
    accounts.write_text(f'mode = "accounts"\nledger = "{(tmp_path / "empty.sqlite").as_posix()}"\n', encoding="utf-8")
    with pytest.raises(AnalyzerError, match="administrator"):
        prepared(Start(Place(), settings=accounts))
    assert prepared(Start(Place()))[0].mode == "none"


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("audit.local", False)],
)
def test_what_is_loopback(host: str, own: bool) -> None:
    assert is_loopback(host) is own


def test_a_port_in_use_is_told_or_passed_over() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AnalyzerError, match="in use"):
            free_port("127.0.0.1", port)
    assert 8501 <= free_port("127.0.0.1", None) < 8551


def test_the_options_keep_to_the_machine() -> None:
    said = options("127.0.0.1", 8600, ("127.0.0.1",), Settings())
    assert said["server.address"] == "127.0.0.1"
    assert said["server.enableXsrfProtection"] is True
    assert said["server.allowedHosts"] == ["127.0.0.1"]
    assert said["browser.gatherUsageStats"] is False
    assert said["client.disableDataExport"] is True


def test_the_two_files_of_options_are_the_same() -> None:
    root = Path(__file__).resolve().parents[2]
    ours = root / "analyzer" / "dashboard" / "streamlit.toml"
    assert ours.read_text(encoding="utf-8") == (root / ".streamlit" / "config.toml").read_text(encoding="utf-8")


async def _inner(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"page"})


def ask(said: Settings, path: str = "/", kind: str = "http", **headers: str) -> dict[str, Any]:
    """Ask the doorkeeper and return the first message of the answer."""
    given = {
        "host": "127.0.0.1:8501",
        "accept": "text/html",
        **{name.replace("_", "-"): one for name, one in headers.items()},
    }
    scope = {
        "type": kind, "method": "GET", "path": path, "query_string": b"lang=en",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    asyncio.run(Doorkeeper(_inner, said, ("127.0.0.1", "audit.local"))(scope, receive, send))
    return sent[0]


def test_only_its_own_names_are_answered_to() -> None:
    assert ask(Settings())["status"] == 200
    assert ask(Settings(), host="audit.local")["status"] == 200
    assert ask(Settings(), host="evil.example")["status"] == 400
    assert ask(Settings(), kind="websocket", host="evil.example")["type"] == "websocket.close"


def test_the_name_of_the_first_page_leads_to_it() -> None:
    led = ask(Settings(), "/overview")
    assert (led["status"], dict(led["headers"])[b"location"]) == (307, b"/?lang=en")


def test_without_a_session_there_are_no_pages_no_files_and_no_socket(ledger: Ledger) -> None:
    said = Settings(mode="accounts")
    led = ask(said, "/vehicles")
    assert led["status"] == 303
    assert dict(led["headers"])[b"location"] == b"/signin?next=/vehicles%3Flang%3Den"
    assert ask(said, "/media/abc.csv", accept="*/*")["status"] == 403
    assert ask(said, "/_stcore/stream", kind="websocket")["type"] == "websocket.close"
    assert ask(said, "/signin")["status"] == 200
    token = SIGNED_IN.sign_in(ledger, "wang", PASSWORD)
    assert ask(said, "/vehicles", cookie=f"other=1; {COOKIE}={token}")["status"] == 200
    SIGNED_IN.sign_out(token)
    assert ask(said, "/vehicles", cookie=f"{COOKIE}={token}")["status"] == 303


def test_behind_a_proxy_its_header_is_needed() -> None:
    said = Settings(mode="proxy", header="X-Remote-User")
    assert ask(said)["status"] == 403
    assert ask(said, x_remote_user="wang")["status"] == 200


def test_every_answer_forbids_what_comes_from_outside() -> None:
    headers = dict(ask(Settings())["headers"])
    assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]
    assert b"http:" not in headers[b"content-security-policy"]
    assert headers[b"referrer-policy"] == b"no-referrer"


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/vehicles?lang=en", "/vehicles?lang=en"), ("https://evil.example/", "/"), ("//evil.example", "/"),
        ("/\\evil.example", "/"), ("vehicles", "/"), ("/signin?next=/", "/"),
    ],
)  # fmt: skip
def test_nobody_is_led_away_after_signing_in(asked: str, led: str) -> None:
    assert inside(asked) == led
