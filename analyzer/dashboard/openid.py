"""Sign-in through the organisation's OpenID provider: the code flow with PKCE, read and checked here.

What the provider says of a person is taken from the signed id_token only. Nothing of it reaches the browser: that holds the
same random token as a local account's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from analyzer.dashboard.settings import CALLBACK, OpenIdSettings, is_safe
from analyzer.model import AnalyzerError, Problem, Text

_MINUTES_TO_RETURN, _MOST_WAITING = 15, 2_000
_SECONDS, _LARGEST, _LEEWAY = 10, 1_000_000, 60
_KEPT_SECONDS = 3_600
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures by the provider's own key; none that a shared secret could make."""


@dataclass(frozen=True)
class Person:
    """Somebody whom the provider vouches for: the name of the account, and a role and agencies where it says them."""

    name: str
    role: str
    agencies: tuple[str, ...]
    id_token: str = field(repr=False)


@dataclass(frozen=True)
class _Waiting:
    """Somebody who was led to the provider and has not come back yet."""

    state: str
    nonce: str
    verifier: str
    following: str
    since: float


class OpenId:
    """The flow with one provider. Its description and keys are fetched when they are first needed."""

    def __init__(self, said: OpenIdSettings) -> None:
        """Take the settings of the provider."""
        self._said = said
        self._waiting: dict[str, _Waiting] = {}
        self._described: tuple[float, dict[str, Any]] | None = None
        self._lock = threading.Lock()

    def begin(self, following: str, anew: bool) -> tuple[str, str]:
        """Return the provider's address to lead somebody to, and the key that their browser keeps until then.

        `following` is where they are led in the end; `anew` lets them choose another account.
        """
        now, key = time.monotonic(), secrets.token_urlsafe(24)
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        one = _Waiting(state, nonce, verifier, following, now)
        with self._lock:
            alive = {name: old for name, old in self._waiting.items() if now - old.since < _MINUTES_TO_RETURN * 60}
            self._waiting = dict(list(alive.items())[-_MOST_WAITING:]) | {key: one}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(one.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": self._said.client_id, "redirect_uri": self._said.redirect_uri,
            "scope": self._said.scope, "state": one.state, "nonce": one.nonce, "code_challenge": challenge,
            "code_challenge_method": "S256", **({"prompt": "login"} if anew else {}),
        }  # fmt: skip
        return _with_query(self._description()["authorization_endpoint"], asked), key

    def finish(self, key: str, answer: Mapping[str, str]) -> tuple[Person, str]:
        """Return who came back, and where to lead them; raise `AnalyzerError` when it cannot be trusted."""
        with self._lock:
            one = self._waiting.pop(key, None)
        if one is None or not secrets.compare_digest(one.state.encode(), answer.get("state", "").encode()):
            raise _refused(Text("登录超时，或不是从这里开始的", "the sign-in took too long, or did not begin here"))
        if not answer.get("code"):
            raise _refused(Text("身份提供方没有放行", "the identity provider did not let you in"))
        found = self._post(
            self._description()["token_endpoint"],
            {
                "grant_type": "authorization_code", "code": answer["code"], "redirect_uri": self._said.redirect_uri,
                "code_verifier": one.verifier,
            },
        )  # fmt: skip
        id_token = str(found.get("id_token", ""))
        return self._person(self._claims(id_token, one.nonce), id_token), one.following

    def leave(self, id_token: str) -> str | None:
        """Return the provider's own sign-out, which leads back here; None where it has none, or cannot be asked."""
        try:
            end = self._description().get("end_session_endpoint")
        except AnalyzerError:
            return None
        if not isinstance(end, str):
            return None
        back = self._said.redirect_uri.removesuffix(CALLBACK) + "/signin?out=1"
        hint = {"id_token_hint": id_token} if id_token else {}
        return _with_query(end, {"client_id": self._said.client_id, "post_logout_redirect_uri": back, **hint})

    def _claims(self, id_token: str, nonce: str) -> dict[str, Any]:
        """The claims of an id_token that this provider signed for us, now, for this very sign-in."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        rules = jwt.JWTClaimsRegistry(
            now=int(time.time()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": self._description()["issuer"]},
            aud={"essential": True, "value": self._said.client_id},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            keys = KeySet.import_key_set(self._get(self._description()["jwks_uri"]))  # type: ignore[arg-type]
            claims = jwt.decode(id_token, keys, algorithms=_ALGORITHMS).claims
            rules.validate(claims)
        except (JoseError, ValueError, KeyError):
            raise _refused(Text("身份提供方的凭证无效", "the identity provider's token is not valid")) from None
        return dict(claims)

    def _person(self, claims: Mapping[str, Any], id_token: str) -> Person:
        name = _at(claims, self._said.claim)
        if not isinstance(name, str) or not name.strip():
            cause = Text(
                f"身份提供方没有给出 {self._said.claim}", f"the identity provider does not give {self._said.claim}"
            )
            raise _refused(cause)
        said = _texts(_at(claims, self._said.role_claim))
        roles = [self._said.roles[one] for one in said if one in self._said.roles]
        agencies = _texts(_at(claims, self._said.agencies_claim))
        order = list(dict.fromkeys(self._said.roles.values()))
        role = min(roles, key=order.index) if roles else ""
        if self._said.agencies_claim and not agencies and role != "administrator":
            role = ""  # agencies are to be told, and none is: that is nothing, not everything
        return Person(name.strip()[:200], role, tuple(agencies), id_token)

    def _description(self) -> dict[str, Any]:
        now = time.monotonic()
        if self._described is None or now - self._described[0] > _KEPT_SECONDS:
            found = self._get(self._said.server_metadata_url)
            needed = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
            if not all(isinstance(found.get(one), str) for one in needed):
                raise _unreachable()
            self._described = (now, found)
        return self._described[1]

    def _get(self, url: str) -> dict[str, Any]:
        return _fetch(urllib.request.Request(url))

    def _post(self, url: str, form: Mapping[str, str]) -> dict[str, Any]:
        """Send a form, with our secret in the way that the provider takes it."""
        ways = self._description().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        headers, own = {"Accept": "application/json"}, (self._said.client_id, self._said.client_secret)
        if "client_secret_basic" in ways:
            pair = ":".join(quote(one, safe="") for one in own)
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form = {**form, "client_id": own[0], "client_secret": own[1]}
        return _fetch(urllib.request.Request(url, urlencode(form).encode(), headers))


def _fetch(request: urllib.request.Request) -> dict[str, Any]:
    if not is_safe(request.full_url):
        raise _unreachable()
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            found = json.loads(answer.read(_LARGEST))
    except (OSError, ValueError):
        raise _unreachable() from None  # what it answered may name somebody
    if not isinstance(found, dict):
        raise _unreachable()
    return found


def _with_query(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"


def _at(claims: Mapping[str, Any], name: str) -> object:
    """The claim of a name; `realm_access.roles` is one inside another."""
    found: Any = claims
    for part in [name] if name in claims else name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _texts(value: object) -> list[str]:
    """What a claim says: a text, or a list of them."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str) and one]


def _refused(cause: Text) -> AnalyzerError:
    return AnalyzerError(Problem("OpenID", cause, Text("请重新登录", "Sign in again")))


def _unreachable() -> AnalyzerError:
    cause = Text("现在连不上单位的身份提供方", "the organisation's identity provider cannot be reached now")
    return AnalyzerError(
        Problem("OpenID", cause, Text("请稍后再试，或告诉管理员", "Try later, or tell the administrator"))
    )


__all__ = ["OpenId", "Person"]
