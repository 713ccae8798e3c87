"""What does a URL name, and may it be called? Nothing is resolved here.

A URL that two readers could read in two ways is refused: nobody checks one host and calls another.
"""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from tradebot.core.model.fact import fact

Address: TypeAlias = IPv4Address | IPv6Address

_PORTS: Final = {"http": 80, "https": 443}
# No name or password, no backslash, nothing behind a #, and only one way to write a host.
_URL: Final = re.compile(
    r"(?i:https?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]{1,253})(:[1-9][0-9]{0,4})?"
    r"(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?", re.ASCII
)
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_PUBLIC: Final = IPv6Network("2000::/3")
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")  # IPv4, seen from a network that has none


@fact
class Reach:
    """How far a line may go.

    Addresses of this machine and its networks, and words that are not encrypted, are each a
    decision. Where `hosts` are named, it goes to no other; `ca_file` holds who is trusted instead.
    """

    allow_private: bool = False
    allow_plain: bool = False
    hosts: tuple[str, ...] = ()
    ca_file: Path | None = None


@fact
class Target:
    """What a URL names; `host` in small letters, and without brackets."""

    scheme: str
    host: str
    port: int


def target(url: str) -> Target:
    """Read a URL; raise ValueError, which never shows it, where it can be read in two ways."""
    if not _URL.fullmatch(url):
        raise ValueError("expected https://HOST/PATH in plain letters, without a name or password")
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    labels = host.split(".")
    if literal(host) is None and (
        not all(map(_LABEL.fullmatch, labels)) or _NUMBER.fullmatch(labels[-1])
    ):
        raise ValueError("expected a host's name, or its address in the usual form")
    return Target(scheme=parts.scheme, host=host, port=port)


def reachable(url: str, reach: Reach) -> Target:
    """Read a URL; raise ValueError where it leads out of reach whatever its name means."""
    found = target(url)
    if found.scheme != "https" and not reach.allow_plain:
        raise ValueError("expected https")
    if reach.hosts and found.host not in reach.hosts:
        raise ValueError(f"expected a URL of {' or '.join(reach.hosts)}")
    if (address := literal(found.host)) is not None:
        check(address, reach)
    return found


def check(address: Address, reach: Reach) -> None:
    if not (reach.allow_private or is_outside(address)):
        raise ValueError(f"{address} is no address on the open Internet (see allow_private)")


def is_outside(address: Address) -> bool:
    """Tell whether an address is on the open Internet, not here or in a network of ours."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    inner = address.ipv4_mapped or address.sixtofour
    if address in _TRANSLATED:
        inner = IPv4Address(int(address) & 0xFFFF_FFFF)
    if inner is not None:
        return is_outside(inner)
    return address in _PUBLIC and address.is_global


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, and is so whoever is asked."""
    address = literal(host)
    return host == "localhost" if address is None else address.is_loopback


def literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
