"""The sign-in page: a form without scripts, served beside the dashboard."""

from __future__ import annotations

import html
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from analyzer.dashboard.doorkeeper import SIGN_IN
from analyzer.dashboard.signing_in import COOKIE, LONGEST, SIGNED_IN
from analyzer.ledger import Ledger
from analyzer.model.errors import Language
from analyzer.reports.wording import Words

_TOKEN = "signin_token"
_LARGEST = 10_000
STYLE = """
body{font:16px/1.5 'Microsoft YaHei','Noto Sans CJK SC','Source Han Sans SC',sans-serif;background:#f2f5f8;color:#1d2733;margin:0}
main{max-width:22rem;margin:12vh auto;background:#fff;border:1px solid #dbe2ea;border-radius:8px;padding:2rem}
h1{font-size:1.3rem;margin:0 0 1.2rem}label{display:block;margin:.8rem 0 .2rem}
input{width:100%;box-sizing:border-box;font:inherit;padding:.5rem;border:1px solid #b8c2cd;border-radius:6px}
button{margin-top:1.4rem;width:100%;font:inherit;padding:.6rem;border:0;border-radius:6px;background:#1f5fa8;color:#fff}
p{color:#8c1c13}a{color:#1f5fa8;display:block;margin-top:1.2rem;text-align:right;font-size:.9rem}
p[role=status]{color:#1d2733}hr{border:0;border-top:1px solid #dbe2ea;margin:1.6rem 0}
a.button{text-align:center;font-size:1rem;padding:.6rem;border-radius:6px;background:#1f5fa8;color:#fff;text-decoration:none}
"""


def sign_in_routes(ledger: Ledger, secure: bool) -> list[Route]:
    """Return the routes of the sign-in; `secure` says that people come by https only."""

    async def show(request: Request) -> Response:
        return _page(request, secure, wrong=False)

    async def take(request: Request) -> Response:
        form = await _form(request)
        sent, kept = form.get("token", ""), request.cookies.get(_TOKEN, "")
        if not kept or not secrets.compare_digest(sent.encode(), kept.encode()):
            return _page(request, secure, wrong=True)
        token = await run_in_threadpool(SIGNED_IN.sign_in, ledger, form.get("name", ""), form.get("password", ""))
        if token is None:
            return _page(request, secure, wrong=True)
        answer = RedirectResponse(inside(request.query_params.get("next", "/")), status_code=303)
        _set(answer, COOKIE, token, secure, LONGEST)
        answer.delete_cookie(_TOKEN)
        return answer

    return [Route(SIGN_IN, show, methods=["GET"]), Route(SIGN_IN, take, methods=["POST"])]


def _page(request: Request, secure: bool, wrong: bool) -> Response:
    following = inside(request.query_params.get("next", "/"))
    english = request.query_params.get("lang") == "en" or "lang=en" in following
    language: Language = "en" if english else "zh"
    words, other = Words(language), "zh" if english else "en"
    token = secrets.token_urlsafe(16)
    said = {
        name: html.escape(words.t(f"dashboard.signin.{name}"))
        for name in ("title", "name", "password", "button", "wrong")
    }
    there, same = (html.escape(_address(following, one)) for one in (other, language))
    alert = f'<p role="alert">{said["wrong"]}</p>' if wrong else ""
    text = (
        f'<!DOCTYPE html><html lang="{"en" if english else "zh-CN"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{said["title"]}</title><style>{STYLE}</style></head>'
        f"<body><main><h1>{said['title']}</h1>{alert}"
        f'<form method="post" action="{same}"><input type="hidden" name="token" value="{token}">'
        f'<label for="name">{said["name"]}</label><input id="name" name="name" autocomplete="username" autofocus required>'
        f'<label for="password">{said["password"]}</label><input id="password" name="password" type="password"'
        f' autocomplete="current-password" required><button>{said["button"]}</button></form>'
        f'<a href="{there}">{html.escape(words.t("dashboard.other_language"))}</a></main></body></html>'
    )
    answer = HTMLResponse(text, status_code=401 if wrong else 200, headers={"cache-control": "no-store"})
    _set(answer, _TOKEN, token, secure, 3600)
    return answer


def _address(following: str, language: str) -> str:
    from urllib.parse import urlencode

    return f"{SIGN_IN}?{urlencode({'next': following, 'lang': language})}"


def inside(address: str) -> str:
    """An address of this server: nobody is led away from it."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not address.startswith("/") or address.startswith(("//", "/\\", SIGN_IN)):
        return "/"
    return address


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _set(answer: Any, name: str, value: str, secure: bool, seconds: int) -> None:
    answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="strict", secure=secure, path="/")


__all__ = ["STYLE", "inside", "sign_in_routes"]
