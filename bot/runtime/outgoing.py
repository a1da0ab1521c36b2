"""The only way to call configured addresses, with limits on the destination, the duration and the size.

A host is resolved, each of its addresses is checked, and the checked one is called: resolving again might return
another. Redirects are not followed. Behind a proxy, which resolves names itself, a list of hosts is used instead.
"""

import ipaddress
import socket
from collections.abc import Iterator, Sequence
from typing import Self

import httpx
from msgspec import Struct

from bot.errors import WatchfloorError
from bot.runtime.clock import elapsed_s
from bot.runtime.network import Network

TIMEOUT_S = 20.0
CONNECT_TIMEOUT_S = 5.0
WHOLE_S = 60.0
MOST_ADDRESSES = 3
LARGEST_BYTES = 32 * 1024 * 1024

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


class AddressRefused(WatchfloorError):
    """{host} may not be called: {reason}"""


class AnswerTooLarge(httpx.TransportError):
    """The answer is larger than any that is needed, or took too long."""


class Reach(Struct, frozen=True):
    """Where a client may connect, besides public `https://` addresses."""

    networks: tuple[IpNetwork, ...] = ()
    allows_plain_http: bool = False
    # Behind a proxy: the hosts that may be called. A name that begins with a dot stands for every host below it.
    hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, url: str, networks: Sequence[str], *, is_insecure: bool, hosts: Sequence[str] = ()) -> Self:
        """The reach for one URL of floor.yaml, which names its allowed networks; it may also lead to `hosts`."""
        allowed = tuple(ipaddress.ip_network(text) for text in networks)
        return cls(allowed, is_insecure, ((httpx.URL(url).host,) if url else ()) + tuple(hosts))

    def allows(self, address: str) -> bool:
        """True if this IP address may be called."""
        ip = _unmapped(ipaddress.ip_address(address.partition("%")[0]))
        if any(ip.version == network.version and ip in network for network in self.networks):
            return True
        return is_public(address)

    def allows_host(self, host: str) -> bool:
        """True if a proxy may be asked for this host."""
        return any(host == name or (name.startswith(".") and host.endswith(name)) for name in self.hosts)


def is_public(address: str) -> bool:
    """True for an address of the public internet, not of one's own network, machine or cloud."""
    ip = _unmapped(ipaddress.ip_address(address.partition("%")[0]))
    return ip.is_global and not ip.is_multicast


def _unmapped(ip: IpAddress) -> IpAddress:
    """The IPv4 address inside an IPv6 one: `::ffff:10.0.0.1`, 6to4 and NAT64 lead there, too."""
    if not isinstance(ip, ipaddress.IPv6Address):
        return ip
    if ip in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


def client(network: Network, reach: Reach, base_url: str = "", timeout_s: float = TIMEOUT_S) -> httpx.Client:
    """A client that connects where `reach` allows and nowhere else."""
    timeout = httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_TIMEOUT_S))
    transport = CheckedTransport(network, reach)
    headers = {"Accept-Encoding": "identity", "User-Agent": "watchfloor"}
    return httpx.Client(
        base_url=base_url, transport=transport, timeout=timeout, headers=headers, follow_redirects=False
    )


class CheckedTransport(httpx.BaseTransport):
    """Checks where each request goes, including one that follows from another."""

    def __init__(self, network: Network, reach: Reach) -> None:
        self._network, self._reach = network, reach
        self._direct_transport = httpx.HTTPTransport(verify=network.tls, trust_env=False)
        self._proxy_transports: dict[str, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, or raise `AddressRefused`."""
        host = request.url.host
        if request.url.scheme != "https" and not (self._reach.allows_plain_http and request.url.scheme == "http"):
            raise AddressRefused(host=host, reason="it must be called by `https://`.")
        if proxy := self._network.proxy_for(str(request.url)):
            answer = self._proxy_transport(proxy, host).handle_request(request)
        else:
            answer = self._send_pinned(request)
        if answer.headers.get("content-encoding", "identity") != "identity":
            answer.close()
            # A few compressed bytes could become gigabytes.
            raise AnswerTooLarge("the answer is compressed, though that was not asked for")
        answer.stream = _LimitedStream(answer.stream)
        return answer

    def _send_pinned(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = self._checked_addresses(url.host, port)
        for address in addresses[:-1]:
            try:
                return self._direct_transport.handle_request(_pinned_request(request, address))
            except httpx.ConnectError:
                continue  # such as IPv6 on a network without it
        return self._direct_transport.handle_request(_pinned_request(request, addresses[-1]))

    def _checked_addresses(self, host: str, port: int) -> list[str]:
        try:
            address_infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as failure:
            raise httpx.ConnectError(f"{host} is not known") from failure
        addresses = list(dict.fromkeys(str(info[4][0]) for info in address_infos))
        if not addresses or not all(map(self._reach.allows, addresses)):
            reason = "it is not a public address; name its network in `allow_networks` if it is meant."
            raise AddressRefused(host=host, reason=reason)
        return addresses[:MOST_ADDRESSES]

    def _proxy_transport(self, proxy: str, host: str) -> httpx.HTTPTransport:
        if not self._reach.allows_host(host):
            reason = "behind a proxy only hosts that floor.yaml names are called."
            raise AddressRefused(host=host, reason=reason)
        self._refuse_private_literal(host)
        if proxy not in self._proxy_transports:
            self._proxy_transports[proxy] = httpx.HTTPTransport(
                verify=self._network.tls, proxy=proxy, trust_env=False
            )
        return self._proxy_transports[proxy]

    def _refuse_private_literal(self, host: str) -> None:
        try:
            is_allowed = self._reach.allows(host)
        except ValueError:
            return  # a name, which the proxy resolves
        if not is_allowed:
            raise AddressRefused(host=host, reason="it is not a public address.")

    def close(self) -> None:
        for transport in (self._direct_transport, *self._proxy_transports.values()):
            transport.close()


def _pinned_request(request: httpx.Request, address: str) -> httpx.Request:
    # The certificate is still checked for the host, which is also named in the request.
    extensions = {**request.extensions, "sni_hostname": request.url.host}
    url = request.url.copy_with(host=address)
    return httpx.Request(request.method, url, headers=request.headers, stream=request.stream, extensions=extensions)


class _LimitedStream(httpx.SyncByteStream):
    """An answer's content, limited in size and time."""

    def __init__(self, stream: object) -> None:
        assert isinstance(stream, httpx.SyncByteStream)
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        started_at_s, size = elapsed_s(), 0
        for chunk in self._stream:
            size += len(chunk)
            if size > LARGEST_BYTES or elapsed_s() - started_at_s > WHOLE_S:
                raise AnswerTooLarge("the answer is too large, or too slow")
            yield chunk

    def close(self) -> None:
        self._stream.close()
