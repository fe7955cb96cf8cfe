"""Staff sign in with the utility's own accounts: OpenID Connect, authorization code with PKCE."""

import json
import secrets
from dataclasses import asdict, dataclass
from typing import Any, Self
from urllib.parse import quote, urlencode

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from bot.platforms.errors import PlatformUnreachableError
from bot.platforms.http import bounded
from config.clock import Clock
from config.settings import Settings

# Signed with a key that only the provider has: neither `none` nor a secret that we share.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
LEEWAY_SECONDS = 60
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SCOPES = {"sub": "openid", "email": "openid email"}


class OidcRefusedError(Exception):
    """The provider says no, or its answer proves nothing; the text names the reason, nobody's data."""


@dataclass(frozen=True, slots=True)
class Journey:
    """What one sign-in began with; kept in the browser's session until it comes back, once."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def begin(cls) -> Self:
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @classmethod
    def of(cls, kept: Any) -> Self | None:
        """The journey that `kept` holds; None where there is none."""
        return cls(**kept) if isinstance(kept, dict) and set(kept) == set(cls.__slots__) else None

    def as_kept(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Oidc:
    """One provider. What it publishes is read at each sign-in, so that its new keys count at once."""

    issuer: str
    client_id: str
    secret: str
    claim: str
    client: httpx.Client
    clock: Clock

    @classmethod
    def of(cls, settings: Settings, client: httpx.Client, clock: Clock) -> Self:
        secret = settings.oidc_secret.get_secret_value()
        return cls(
            settings.oidc_issuer,
            settings.oidc_client_id,
            secret,
            settings.oidc_claim,
            client,
            clock,
        )

    def authorize_url(self, redirect_uri: str, journey: Journey) -> str:
        """Where to send the person; raises OidcRefusedError, PlatformUnreachableError."""
        uri: str = prepare_grant_uri(
            self._metadata()["authorization_endpoint"],
            client_id=self.client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=SCOPES.get(self.claim, "openid profile"),
            state=journey.state,
            nonce=journey.nonce,
            code_challenge=create_s256_code_challenge(journey.verifier),
            code_challenge_method="S256",
        )
        return uri

    def userid(self, code: str, redirect_uri: str, journey: Journey) -> str:
        """Who has come back; raises OidcRefusedError, PlatformUnreachableError."""
        metadata = self._metadata()
        answer = self._token(metadata, code, redirect_uri, journey.verifier)
        claims = self._checked(metadata, str(answer.get("id_token", "")), journey.nonce)
        if self.claim == "email" and claims.get("email_verified") is not True:
            raise OidcRefusedError("the e-mail address was not verified")
        value = claims.get(self.claim)
        if not isinstance(value, str) or not value or not value.isprintable():
            raise OidcRefusedError(f"the token has no claim {self.claim}")
        return value

    def leave_url(self, back: str) -> str | None:
        """Where one signs out of the provider too; None where it offers no such page."""
        address = self._metadata().get("end_session_endpoint")
        if not address:
            return None
        query = urlencode({"client_id": self.client_id, "post_logout_redirect_uri": back})
        return f"{address}{'&' if '?' in address else '?'}{query}"

    def check(self) -> None:
        """Whether the provider answers as it should; raises as `authorize_url` does."""
        self._metadata()

    def _metadata(self) -> dict[str, Any]:
        found = self._ask("GET", get_well_known_url(self.issuer, external=True))
        if found.get("issuer") != self.issuer:  # OpenID Connect Discovery 4.3
            raise OidcRefusedError("the provider publishes another issuer than GRIDBOT_OIDC_ISSUER")
        missing = [name for name in NEEDED if not isinstance(found.get(name), str)]
        if missing:
            raise OidcRefusedError(f"the provider publishes no {', '.join(missing)}")
        return found

    def _token(
        self, metadata: dict[str, Any], code: str, redirect_uri: str, verifier: str
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        auth = None
        if "client_secret_basic" in ways:  # RFC 6749 2.3.1
            auth = httpx.BasicAuth(quote(self.client_id, safe=""), quote(self.secret, safe=""))
        else:
            form |= {"client_id": self.client_id, "client_secret": self.secret}
        return self._ask("POST", metadata["token_endpoint"], data=form, auth=auth)

    def _checked(self, metadata: dict[str, Any], token: str, nonce: str) -> dict[str, Any]:
        """The claims of a token that this provider signed for us, now, for this sign-in."""
        keys = self._ask("GET", metadata["jwks_uri"])
        rules = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
        }
        params = {"nonce": nonce, "client_id": self.client_id}
        try:
            registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
            opened = jwt.decode(token, KeySet.import_key_set(keys), registry=registry)  # type: ignore[arg-type]
            claims = CodeIDToken(opened.claims, opened.header, rules, params)
            claims.validate(now=int(self.clock.now().timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise OidcRefusedError(f"the token proves nothing: {_reason(error)}") from error
        return dict(claims)

    def _ask(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        """An object of the provider; raises OidcRefusedError for an error it names."""
        try:
            with self.client.stream(method, url, follow_redirects=False, **options) as response:
                answer = json.loads(bounded("oidc", response))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise PlatformUnreachableError(f"oidc: {type(error).__name__}") from error
        if not isinstance(answer, dict):
            raise PlatformUnreachableError("oidc: no object in the answer")
        if response.is_client_error:
            raise OidcRefusedError(f"the provider refuses (HTTP {response.status_code})")
        if not response.is_success:
            raise PlatformUnreachableError(f"oidc: HTTP {response.status_code}")
        return answer


def _reason(error: Exception) -> str:
    """The kind of fault and the claim it is about, without any value."""
    claim = getattr(error, "claim", "")
    return f"{type(error).__name__} {claim}".strip()
