"""What does somebody say to the desk?"""

from tradebot.core.model.fact import fact
from tradebot.core.model.intent import Channel


@fact
class Words:
    """A request, how it came in, and whether a draft should come of it."""

    text: str
    channel: Channel = Channel.TYPED
    user: str = "api"
    dry_run: bool = False
