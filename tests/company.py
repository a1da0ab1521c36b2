"""A company's network: a proxy with tunnels, behind which the company's own authority signs everything."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from select import select
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "slack.example"
PIECE = 65_536


@dataclass(frozen=True)
class Company:
    """The address of its proxy, and the file with its authority's certificate."""

    proxy: str
    ca_file: Path


@contextmanager
def company(folder: Path, port: int) -> Iterator[Company]:
    """Yield a company whose tunnels all lead to this port of the machine, known as `slack.example` there."""
    certificate, key = _signed_by_itself(folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=_serve, args=(listener, tls, port), daemon=True).start()
        yield Company(f"http://127.0.0.1:{listener.getsockname()[1]}", certificate)


def _serve(listener: socket.socket, tls: ssl.SSLContext, port: int) -> None:
    with suppress(OSError):  # until it is closed
        while True:
            Thread(target=_tunnel, args=(listener.accept()[0], tls, port), daemon=True).start()


def _tunnel(client: socket.socket, tls: ssl.SSLContext, port: int) -> None:
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        request += client.recv(1)
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    with (
        suppress(OSError),
        tls.wrap_socket(client, server_side=True) as inside,
        socket.create_connection(("127.0.0.1", port)) as onward,
    ):
        _exchange(inside, onward)


def _exchange(inside: ssl.SSLSocket, onward: socket.socket) -> None:
    """Copy in both directions in one thread: no two threads may use an encrypted connection at once."""
    while True:
        ready = [inside] if inside.pending() else select([inside, onward], (), ())[0]
        for source in ready:
            piece = source.recv(PIECE)
            if not piece:
                return
            (onward if source is inside else inside).sendall(piece)


def _signed_by_itself(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2049, 1, 1, tzinfo=UTC)
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate, private = folder / "company.pem", folder / "key.pem"
    certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, private
