"""Which addresses has a name, and which of them answers?"""

import asyncio
import socket
from collections.abc import Sequence

from tradebot.outward.aside import Aside


class NameServer:
    """Asks the machine for a name's addresses, beside the loop."""

    def __init__(self) -> None:
        self._aside = Aside("question to the name server")

    async def ask(self, host: str, port: int) -> Sequence[str]:
        found = await self._aside.run(
            lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return [str(address[0]) for *_, address in found]


async def dial(addresses: Sequence[str], port: int) -> socket.socket:
    """Connect to the first address that answers; raise the last one's OSError."""
    loop, failure = asyncio.get_running_loop(), OSError("no address")
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        line = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            await loop.sock_connect(line, (address, port))
        except OSError as error:
            line.close()
            failure = error
        except asyncio.CancelledError:
            line.close()
            raise
        else:
            return line
    raise failure
