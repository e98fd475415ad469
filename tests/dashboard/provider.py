"""A small OpenID provider on loopback: whoever is asked for is signed in, and what it hands out can be spoilt."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "analyzer", "s3cret of the client"


@dataclass
class Provider:
    """What it knows of people (claims by name), what it was asked, and the mistakes that it makes on purpose."""

    address: str = ""
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    spoilt: dict[str, Any] = field(default_factory=dict)
    signed_with: RSAKey | None = None
    codes: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    left: list[dict[str, str]] = field(default_factory=list)

    def description(self) -> dict[str, Any]:
        """What stands under `.well-known`."""
        places = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "jwks",
            "end_session_endpoint": "leave",
        }
        return {"issuer": self.address, **{name: f"{self.address}/{path}" for name, path in places.items()}}

    def authorize(self, name: str, asked: dict[str, str]) -> str:
        """Return the way back with a code for a person."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = (name, asked)
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return a signed token for a code that was not used yet; nothing to whoever cannot prove to be the client."""
        own = base64.b64encode(f"{CLIENT}:{quote(SECRET, safe='')}".encode()).decode()
        if authorization != f"Basic {own}" or form["code"] not in self.codes:
            return None
        name, asked = self.codes.pop(form["code"])
        proved = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if asked["code_challenge_method"] != "S256" or proved != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": CLIENT, "sub": name, "iat": now, "exp": now + 60, "nonce": asked["nonce"],
            "preferred_username": name, **self.people[name], **self.spoilt,
        }  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signed_with or self.key)
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": signed}


@contextlib.contextmanager
def provider(**people: dict[str, Any]) -> Iterator[Provider]:
    """Run a provider that knows these people."""
    one = Provider(people=people)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/.well-known/openid-configuration":
                self._json(one.description())
            elif parts.path == "/jwks":
                self._json({"keys": [one.key.as_dict(private=False)]})
            elif parts.path == "/authorize":
                links = "".join(f'<p><a href="{one.authorize(name, asked)}">{name}</a>' for name in one.people)
                self._send(200, f"<h1>Who are you?</h1>{links}".encode(), "text/html")
            elif parts.path == "/leave":
                one.left.append(asked)
                self.send_response(302)
                self.send_header("location", asked["post_logout_redirect_uri"])
                self.end_headers()
            else:
                self._send(404, b"", "text/plain")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            found = one.token(form, self.headers.get("authorization", ""))
            self._json(found or {"error": "invalid_grant"}, 200 if found else 400)

        def _json(self, data: dict[str, Any], status: int = 200) -> None:
            self._send(status, json.dumps(data).encode(), "application/json")

        def _send(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", f"{kind}; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


__all__ = ["CLIENT", "SECRET", "Provider", "provider"]
