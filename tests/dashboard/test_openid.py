"""Sign-in through an organisation's OpenID provider: who is let in as what, and every token that is not to be trusted."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey

from analyzer.dashboard import openid
from analyzer.dashboard.gate import viewer_of
from analyzer.dashboard.openid import OpenId, Person
from analyzer.dashboard.settings import OpenIdSettings, read_settings
from analyzer.dashboard.signing_in import COOKIE, Session, make_administrator
from analyzer.ledger import User, open_ledger
from analyzer.model import AnalyzerError
from tests.dashboard.browser import BROWSER, browser, dashboard, settled
from tests.dashboard.provider import CLIENT, SECRET, Provider, provider

ROLES = {"audit-legal": "legal", "audit-all": "inspector"}
PEOPLE: dict[str, dict[str, Any]] = {
    "zhao": {"groups": ["staff", "audit-all", "audit-legal"], "agency": "JG02"},
    "qian": {"groups": ["staff"], "agency": "JG02"},
    "sun": {"groups": ["audit-all"]},
    "wang": {},
}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    """The provider, on loopback."""
    with provider(**PEOPLE) as one:
        yield one


@pytest.fixture
def flow(running: Provider) -> OpenId:
    """The flow with that provider."""
    running.spoilt, running.signed_with = {}, None
    return OpenId(
        OpenIdSettings(
            f"{running.address}/.well-known/openid-configuration", CLIENT, SECRET, "https://audit.local/signin/back",
            role_claim="groups", agencies_claim="agency", roles=ROLES,
        )
    )  # fmt: skip


def come_back(flow: OpenId, running: Provider, name: str, **changed: str) -> tuple[Person, str]:
    """Go to the provider as somebody and come back with its answer."""
    there, key = flow.begin("/vehicles?lang=en", anew=False)
    asked = {one: values[0] for one, values in parse_qs(urlsplit(there).query).items()}
    answer = parse_qs(urlsplit(running.authorize(name, asked)).query)
    return flow.finish(key, {one: values[0] for one, values in answer.items()} | changed)


def test_the_claims_say_role_and_agencies(flow: OpenId, running: Provider) -> None:
    person, following = come_back(flow, running, "zhao")
    assert (person.name, person.role, person.agencies, following) == ("zhao", "legal", ("JG02",), "/vehicles?lang=en")
    assert come_back(flow, running, "qian")[0].role == ""
    assert come_back(flow, running, "sun")[0].role == "", "whose agencies are not told sees none, not all"
    assert person.id_token and person.id_token not in repr(person)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"iss": "https://somebody.else"}, {"aud": "another client"}, {"exp": int(time.time()) - 3600}, {"nonce": "of another"},
        {"preferred_username": ""}, {"preferred_username": ["a", "b"]},
    ],
    ids=["issuer", "audience", "old", "nonce", "nobody", "two people"],
)  # fmt: skip
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    flow: OpenId, running: Provider, spoilt: dict[str, Any]
) -> None:
    running.spoilt = spoilt
    with pytest.raises(AnalyzerError):
        come_back(flow, running, "zhao")


def test_a_token_of_another_key_is_refused(flow: OpenId, running: Provider) -> None:
    running.signed_with = RSAKey.generate_key(2048, {"kid": "one"})
    with pytest.raises(AnalyzerError, match="not valid"):
        come_back(flow, running, "zhao")


def test_an_answer_that_was_not_asked_for_is_refused(flow: OpenId, running: Provider) -> None:
    with pytest.raises(AnalyzerError, match="did not begin here"):
        come_back(flow, running, "zhao", state="guessed")
    with pytest.raises(AnalyzerError, match="did not begin here"):
        flow.finish("no such key", {"code": "x", "state": ""})
    there, key = flow.begin("/", anew=True)
    state = parse_qs(urlsplit(there).query)["state"][0]
    with pytest.raises(AnalyzerError, match="did not let you in"):
        flow.finish(key, {"error": "access_denied", "state": state})
    with pytest.raises(AnalyzerError, match="did not begin here"):
        flow.finish(key, {"code": "x", "state": state})


def test_a_provider_that_is_not_there_is_told(running: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openid, "_SECONDS", 1)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        gone = OpenId(
            OpenIdSettings(f"http://127.0.0.1:{one.getsockname()[1]}", CLIENT, SECRET, "https://a/signin/back")
        )
        with pytest.raises(AnalyzerError, match="cannot be reached"):
            gone.begin("/", anew=False)
        assert gone.leave("") is None


def test_an_account_here_says_more_than_the_provider(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.save_account(User("li", "李", "viewer", ("JG02",), True, None), by="test")
        ledger.save_account(User("gone", "走", "legal", (), False, None), by="test")
        li = viewer_of(ledger, Session("li", 0, 0, "administrator"))
        assert li is not None and (li.role, li.agencies) == ("viewer", frozenset({"JG02"}))
        assert viewer_of(ledger, Session("gone", 0, 0, "administrator")) is None
        assert viewer_of(ledger, Session("nobody", 0, 0)) is None
        zhao = viewer_of(ledger, Session("zhao", 0, 0, "legal", ("JG01",)))
        assert zhao is not None and (zhao.role, zhao.agencies, zhao.signed_in) == ("legal", frozenset({"JG01"}), True)


WRONG = {
    'client_secret = "s"': "lacks",
    'client_secret = "s"\nserver_metadata_url = "http://id.local"': "https",
    'client_secret = "s"\nredirect_uri = "https://a/oauth2callback"': "signin/back",
    'client_secret = "s"\nrole_claim = "groups"': "oidc.roles",
    'client_secret = "s"\nrole_claim = "groups"\n[oidc.roles]\na = "king"': "Roles: viewer",
    'client_secret = "s"\nclaims = "groups"': "no setting",
}


@pytest.mark.parametrize("text", WRONG)
def test_settings_say_what_is_wrong(tmp_path: Path, text: str) -> None:
    path = tmp_path / "dashboard.toml"
    rest = {"client_id": "a", "server_metadata_url": "https://id", "redirect_uri": "https://a/signin/back"}
    if WRONG[text] == "lacks":
        rest.pop("client_id")
    lines = [f'{name} = "{value}"' for name, value in rest.items() if f"{name} =" not in text]
    path.write_text("\n".join(['mode = "oidc"', "[oidc]", *lines, text]), encoding="utf-8")
    with pytest.raises(AnalyzerError, match=WRONG[text]) as told:
        read_settings(path)
    assert '"s"' not in str(told.value)


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no chromium here")
def test_in_and_out_in_a_browser(package: Path, followed: Path, tmp_path: Path, running: Provider) -> None:
    from playwright.sync_api import expect

    running.spoilt, running.signed_with = {}, None
    ledger = tmp_path / "accounts.sqlite"
    shutil.copyfile(followed, ledger)
    with open_ledger(ledger) as one:
        make_administrator(one, "wang", "correct horse battery", by="test")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = tmp_path / "dashboard.toml"
    said.write_text(
        f'mode = "oidc"\nledger = "{ledger.as_posix()}"\n[oidc]\nserver_metadata_url = "{running.address}/.well-known/openid-configuration"\n'
        f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\nredirect_uri = "http://127.0.0.1:{port}/signin/back"\n'
        'role_claim = "groups"\nagencies_claim = "agency"\n[oidc.roles]\naudit-legal = "legal"\naudit-all = "inspector"\n',
        encoding="utf-8",
    )
    with (
        dashboard("--package", package, "--settings", said, "--port", port) as address,
        browser(address) as (page, outside),
    ):
        page.goto(f"{address}/ledger?state=pending&lang=en")
        expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
        page.get_by_role("link", name="zhao").click()
        settled(page)
        assert page.url == f"{address}/ledger?state=pending&lang=en"
        expect(page.get_by_text("zhao (legal)")).to_be_visible()
        assert "Data" not in page.get_by_test_id("stSidebarNav").inner_text().split(), "JG02's records only"
        cookie = next(one for one in page.context.cookies() if one["name"] == COOKIE)
        assert cookie["httpOnly"] and len(cookie["value"]) < 100
        page.reload()
        settled(page)
        expect(page.get_by_text("zhao (legal)")).to_be_visible()

        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("您已退出。")).to_be_visible()
        assert running.left[-1]["client_id"] == CLIENT and running.left[-1]["id_token_hint"]
        assert COOKIE not in {one["name"] for one in page.context.cookies()}

        page.get_by_role("link", name="登录").click()
        page.get_by_role("link", name="qian").click()
        expect(page.get_by_text("没有您的账户")).to_be_visible()
        assert COOKIE not in {one["name"] for one in page.context.cookies()}
        assert page.request.get(f"{address}/vehicles").status == 403

        page.get_by_role("link", name="登录").click()
        page.get_by_role("link", name="wang").click()
        settled(page)
        page.get_by_test_id("stSidebarNav").get_by_text("账户").click()
        settled(page)
        expect(page.get_by_role("heading", name="账户", exact=True)).to_be_visible()
        assert [url for url in outside if not url.startswith(running.address)] == []
