"""The routes of the sign-in through the organisation's identity provider: there, back, and out again."""

from __future__ import annotations

import html

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from analyzer.dashboard.doorkeeper import SIGN_IN
from analyzer.dashboard.gate import viewer_of
from analyzer.dashboard.openid import OpenId
from analyzer.dashboard.settings import CALLBACK, OpenIdSettings
from analyzer.dashboard.signin_page import STYLE, inside
from analyzer.dashboard.signing_in import COOKIE, LONGEST, SIGNED_IN, Session
from analyzer.ledger import Ledger
from analyzer.model import AnalyzerError
from analyzer.model.errors import Language
from analyzer.reports.wording import Words

SIGN_OUT = f"{SIGN_IN}/out"
_WAITING = "signin_waiting"
_MINUTES = 15


def open_id_routes(ledger: Ledger, said: OpenIdSettings) -> list[Route]:
    """Return the routes: to the provider, back from it, and the sign-out."""
    provider, secure = OpenId(said), said.redirect_uri.startswith("https:")

    async def lead(request: Request) -> Response:
        following, asked = inside(request.query_params.get("next", "/")), request.query_params
        if "out" in asked:
            return _page(request, "signed_out", 200)
        try:
            there, key = await run_in_threadpool(provider.begin, following, "anew" in asked)
        except AnalyzerError as error:
            return _page(request, "failed", 502, error)
        answer = RedirectResponse(there, status_code=303, headers={"cache-control": "no-store"})
        answer.set_cookie(_WAITING, key, _MINUTES * 60, httponly=True, samesite="lax", secure=secure, path=SIGN_IN)
        return answer

    async def back(request: Request) -> Response:
        try:
            person, following = await run_in_threadpool(
                provider.finish, request.cookies.get(_WAITING, ""), request.query_params
            )
            known = Session(person.name, 0.0, 0.0, person.role, person.agencies)
            viewer = await run_in_threadpool(viewer_of, ledger, known)
        except AnalyzerError as error:
            return _page(request, "failed", 403, error)
        if viewer is None:
            return _page(request, "no_account", 403)
        token = SIGNED_IN.admit(person.name, person.role, person.agencies, person.id_token)
        answer = RedirectResponse(following, status_code=303, headers={"cache-control": "no-store"})
        # lax: the browser comes from the provider, and would hold a strict cookie back on its way to the page
        answer.set_cookie(COOKIE, token, LONGEST, httponly=True, samesite="lax", secure=secure, path="/")
        answer.delete_cookie(_WAITING, path=SIGN_IN)
        return answer

    async def leave(request: Request) -> Response:
        token = request.cookies.get(COOKIE)
        session = SIGNED_IN.session_of(token)
        SIGNED_IN.sign_out(token)
        there = await run_in_threadpool(provider.leave, session.id_token if session else "") if session else None
        answer = RedirectResponse(there or f"{SIGN_IN}?out=1", status_code=303)
        answer.delete_cookie(COOKIE, path="/")
        return answer

    return [Route(SIGN_IN, lead), Route(CALLBACK, back), Route(SIGN_OUT, leave)]


def _page(request: Request, said: str, status: int, error: AnalyzerError | None = None) -> Response:
    """A page of one sentence and a button that begins anew; in both languages where nobody said which."""
    english = request.query_params.get("lang") == "en"
    languages: tuple[Language, ...] = ("en", "zh") if english else ("zh", "en")
    parts = []
    for language in languages:
        words = Words(language)
        text = words.t(f"dashboard.signin.{said}") + (f"\n{error.say(language)}" if error else "")
        parts.append(
            f"<h1>{html.escape(words.t('dashboard.signin.title'))}</h1>"
            f'<p role="status" style="white-space:pre-line">{html.escape(text)}</p>'
            f'<a class="button" href="{SIGN_IN}?anew=1">{html.escape(words.t("dashboard.signin.button"))}</a>'
        )
    text = (
        f'<!DOCTYPE html><html lang="{"en" if english else "zh-CN"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>'
        f"{html.escape(Words(languages[0]).t('dashboard.signin.title'))}</title><style>{STYLE}</style></head>"
        f"<body><main>{'<hr>'.join(parts)}</main></body></html>"
    )
    return HTMLResponse(text, status, headers={"cache-control": "no-store"})


__all__ = ["SIGN_OUT", "open_id_routes"]
