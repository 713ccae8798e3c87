"""What can be configured of the API over TCP?"""

from typing import Annotated, Final

from pydantic import Field

from tradebot.core.model.fact import fact

LOOPBACK: Final = ("127.0.0.1", "::1")


@fact
class ApiSection:
    """The API and the dashboard over TCP; the Unix socket beside the data is always there.

    enabled: listen on TCP as well
    host: the address to listen on; anything but loopback lets others in the network ask
    port: the port to listen on; 0 takes a free one
    token_file: where the token is kept, below data_dir; made at the first start
    allowed_hosts: what else a browser may call this host, each with its port, e.g. box.lan:8742
    allowed_origins: pages from elsewhere that may ask, e.g. https://grafana.lan
    open_metrics: answer /metrics and /version without a token
    session_s: how long a login holds
    connections_max: connections at once; more are turned away
    streams_max: how many of them may follow the decisions
    """

    enabled: bool = True
    host: str = LOOPBACK[0]
    port: Annotated[int, Field(ge=0, le=65_535)] = 8742
    token_file: str = "api_token"
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    open_metrics: bool = False
    session_s: Annotated[int, Field(ge=60, le=604_800)] = 43_200
    connections_max: Annotated[int, Field(ge=1, le=1_024)] = 64
    streams_max: Annotated[int, Field(ge=1, le=256)] = 32

    @property
    def is_exposed(self) -> bool:
        """Tell whether more than this machine can reach it."""
        return self.enabled and self.host not in LOOPBACK
