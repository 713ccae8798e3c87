"""How does any of a hundred other services hear of an alert? By a URL that Apprise knows."""

import logging
from functools import partial
from typing import Any, Final

from tradebot.core.model.alert import Alert, Level
from tradebot.core.model.fact import fact
from tradebot.core.model.secret import Secret
from tradebot.outward.aside import Aside
from tradebot.plugins.notifiers.wording import as_text, fitted, one_line
from tradebot.ports import NotDelivered

_TITLE, _TEXT = 200, 8000
_LONGEST_S: Final = 60.0  # a thread that nobody waits for any more ends, too
_TYPES: Final = {Level.INFO: "info", Level.WARNING: "warning", Level.CRITICAL: "failure"}


@fact
class AppriseSettings:
    """One service, as Apprise names it.

    url: a URL of Apprise such as ntfys://TOPIC; who has it can write there
    """

    url: Secret


class AppriseNotifier:
    """One service. Apprise makes its own connections: where they go is for the URL to say."""

    settings_type = AppriseSettings
    needs: Final = {"notify": "apprise"}

    def __init__(self, settings: AppriseSettings) -> None:
        import apprise

        logging.getLogger("apprise").disabled = True  # its lines hold what ours may not
        asset = apprise.AppriseAsset(
            async_mode=False, http_redirects=False, interpret_escapes=False,
            storage_mode=apprise.PersistentStoreMode.MEMORY,
        )
        self._services: Any = apprise.Apprise(asset=asset)
        if not self._services.add(settings.url.reveal()):
            raise ValueError("url: expected one that Apprise knows (the value is not shown)")
        for service in self._services:
            service.retry, service.redirects = 0, False  # whatever the URL says: we try again
        self._aside = Aside("message by Apprise")

    async def notify(self, alert: Alert) -> None:
        send = partial(
            self._services.notify, title=fitted(one_line(alert.title), _TITLE),
            body=fitted(as_text(alert), _TEXT) or one_line(alert.title),
            notify_type=_TYPES[alert.level], body_format="text", timeout=_LONGEST_S,
        )
        try:
            is_taken = bool(await self._aside.run(send))
        except OSError as error:
            raise NotDelivered(f"Apprise: {type(error).__name__}") from None
        if not is_taken:
            raise NotDelivered("Apprise delivered nothing")

    async def close(self) -> None:
        """Have nothing to close."""
