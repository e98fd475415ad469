"""What stands before every request: the names of the server, who may pass, and headers that keep pages to themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote

from analyzer.dashboard.page import FIRST
from analyzer.dashboard.settings import CALLBACK, Settings
from analyzer.dashboard.signing_in import COOKIE, SIGNED_IN

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

SIGN_IN = "/signin"
_OPEN = (SIGN_IN, CALLBACK, "/_stcore/health")
_OURS = ("accounts", "oidc")
"""The ways to sign in that end in a session of ours."""

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"content-security-policy",
        b"default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:;"
        b" style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss: data: blob:; frame-ancestors 'none';"
        b" form-action 'self'; object-src 'none'; base-uri 'self'",
    ),
)
"""The browser itself refuses whatever would be fetched from outside."""


_WORDS = {
    400: "这个名称不是本服务器的。请管理员把它写进设置中的 hosts。\nThis server is not called so; see `hosts` in its settings.\n",
    403: "请从单位的入口登录。\nSign in through your organisation's entrance.\n",
}


class Doorkeeper:
    """Middleware round the whole dashboard: pages, downloads and the socket alike."""

    def __init__(self, app: App, said: Settings, hosts: tuple[str, ...]) -> None:
        """Take what is guarded, the settings, and the names of the server that are answered to."""
        self._app, self._said, self._hosts = app, said, frozenset(hosts)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let pass, lead to the sign-in, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if _host(headers.get("host", "")) not in self._hosts:
            await _refuse(scope, send, 400)
        elif scope["type"] == "http" and scope["path"] == f"/{FIRST}":  # streamlit serves it at the root only
            query = scope["query_string"]
            await _answer(send, 307, [(b"location", b"/" + (b"?" + query if query else b""))])
        elif not self._may_pass(scope["path"], headers):
            await self._keep_out(scope, send, headers)
        else:
            await self._app(scope, receive, _with_headers(send))

    def _may_pass(self, path: str, headers: dict[str, str]) -> bool:
        if path in _OPEN:
            return True
        if self._said.mode in _OURS:
            return SIGNED_IN.name_of(_cookie(headers.get("cookie", ""))) is not None
        return self._said.mode != "proxy" or bool(headers.get(self._said.header.lower()))

    async def _keep_out(self, scope: Message, send: Send, headers: dict[str, str]) -> None:
        reads_pages = scope["type"] == "http" and "text/html" in headers.get("accept", "")
        if self._said.mode in _OURS and scope.get("method") == "GET" and reads_pages:
            asked = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
            await _answer(send, 303, [(b"location", f"{SIGN_IN}?next={quote(asked)}".encode())])
        else:
            await _refuse(scope, send, 403)


def _host(said: str) -> str:
    """The name in a Host header, without its port."""
    if said.startswith("["):
        return said.partition("]")[0] + "]"
    return said.partition(":")[0].lower()


def _cookie(said: str) -> str | None:
    try:
        found = SimpleCookie(said).get(COOKIE)
    except CookieError:
        return None
    return found.value if found else None


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_HEADERS]
        await send(message)

    return sending


async def _refuse(scope: Message, send: Send, status: int) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403})
        return
    await _answer(send, status, [(b"content-type", b"text/plain; charset=utf-8")], _WORDS[status].encode())


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
    sending = _with_headers(send)
    length = (b"content-length", str(len(body)).encode())
    await sending({"type": "http.response.start", "status": status, "headers": [length, *headers]})
    await sending({"type": "http.response.body", "body": body})


__all__ = ["SIGN_IN", "Doorkeeper"]
