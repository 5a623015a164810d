"""The way to another machine: its certificate is verified whatever happens, and the system's proxies are used."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from fleetdesk.errors import BadSettings, Offline
from fleetdesk.sync.network.addresses import checked_address
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.network.ways import open_way
from fleetdesk.sync.signin.provider import Provider
from fleetdesk.sync.signin.registration import Registration

pytestmark = pytest.mark.anyio
ELSEWHERE = "192.0.2.1"  # an address for documentation: nobody is there
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Authority:
    """A company's own certificate authority."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Company")])
        self.file = folder / "authority.pem"
        certificate = self._certificate(self._name, self._key, x509.BasicConstraints(ca=True, path_length=0))
        self.file.write_bytes(certificate.public_bytes(Encoding.PEM))

    def server(self, address: str) -> ssl.SSLContext:
        """What a server at that address, or of that name, has to show."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
        by_number = address[-1].isdigit()
        known_as = x509.IPAddress(ipaddress.ip_address(address)) if by_number else x509.DNSName(address)
        names = x509.SubjectAlternativeName([known_as])
        certificate = self._certificate(name, key, names)
        (self._folder / "server.pem").write_bytes(
            certificate.public_bytes(Encoding.PEM)
            + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / "server.pem")
        return context

    def _certificate(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            .sign(self._key, hashes.SHA256())
        )


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@asynccontextmanager
async def serving(context: ssl.SSLContext | None, heard: list[str] | None = None) -> AsyncIterator[int]:
    """Something that answers every request with 200, by TLS with a context; gives its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if heard is not None:
            heard.append(head.split(b"\r\n")[0].decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_certificate_of_an_unknown_authority_is_not_accepted(authority: Authority) -> None:
    async with (
        serving(authority.server("127.0.0.1")) as port,
        HubClient(f"https://127.0.0.1:{port}", StaticTokens("secret")) as client,
    ):
        with pytest.raises(Offline, match="certificate was not accepted"):
            await client.ready()


async def test_an_authority_of_ones_own_is_believed(authority: Authority) -> None:
    async with (
        serving(authority.server("127.0.0.1")) as port,
        HubClient(f"https://127.0.0.1:{port}", StaticTokens("secret"), ca_file=authority.file) as client,
    ):
        await client.ready()


async def test_it_is_not_believed_of_another_address(authority: Authority) -> None:
    async with (
        serving(authority.server("127.0.0.2")) as port,
        HubClient(f"https://127.0.0.1:{port}", StaticTokens("secret"), ca_file=authority.file) as client,
    ):
        with pytest.raises(Offline, match="certificate was not accepted"):
            await client.ready()


async def test_the_provider_is_held_to_its_certificate_too(authority: Authority) -> None:
    async with serving(authority.server("127.0.0.1")) as port:
        with pytest.raises(Offline, match="certificate of the sign-in service"):
            await Provider(Registration(f"https://127.0.0.1:{port}", "desktop")).endpoints()


@pytest.mark.parametrize("content", [None, "", "no certificate"])
async def test_a_file_without_authorities_is_the_settings_fault(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_text(content)
    async with HubClient("https://hub.example.com", StaticTokens("secret"), ca_file=file) as client:
        with pytest.raises(BadSettings, match="holds no certificates"):
            await client.ready()


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost", "https://x.example"])
def test_plain_http_is_for_this_machine_alone(address: str) -> None:
    assert checked_address(address, "a hub").geturl() == address


@pytest.mark.parametrize(
    "address",
    [
        "http://hub.example.com",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "https://person:secret@hub.example.com",
        "hub.example.com",
        "",
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(BadSettings):
        checked_address(address, "a hub")


async def test_a_proxy_of_the_system_is_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    async with serving(None, heard) as port:
        for name in PROXIES:
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        async with open_way(f"https://{ELSEWHERE}", transport=None, patience=5) as http:
            with pytest.raises(httpx.TransportError):  # what is in the tunnel speaks no TLS
                await http.get("/")
    assert heard == [f"CONNECT {ELSEWHERE}:443 HTTP/1.1"]


async def test_no_proxy_stands_between_this_machine_and_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    async with serving(None, heard) as proxy, serving(None) as port:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy}")
        async with open_way(f"http://127.0.0.1:{port}", transport=None, patience=5) as http:
            await http.get("/")
    assert heard == []
