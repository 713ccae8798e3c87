"""How is done what a conversation comes to? By the same requests as the other verbs'."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tradebot.cli.asking import user
from tradebot.cli.client import Client, escaped
from tradebot.cli.outcome import Stop

if TYPE_CHECKING:
    from tradebot.core.options.voice.dialogue import (
        Answered,
        ApproveOffer,
        AskDesk,
        Deed,
        RejectOffer,
        Staged,
    )

_REASON: Final = "by voice"
_KILL_WITHIN_S: Final = 5.0


class Hands:
    """One daemon; what it objects to is told in its words, and ends nothing."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._client = Client(home)

    def do(self, deed: "Deed") -> "Staged | Answered":
        from tradebot.core.options.voice import dialogue

        try:
            match deed:
                case dialogue.AskDesk():
                    return self._ask(deed)
                case dialogue.ApproveOffer():
                    return self._approve(deed)
                case dialogue.RejectOffer():
                    return self._reject(deed)
                case dialogue.PlainDeed.STATUS:
                    return self._status()
                case dialogue.PlainDeed.KILL:
                    return self._kill()
        except Stop as stop:
            return dialogue.Answered(text=f"{stop}.")

    def _ask(self, deed: "AskDesk") -> "Staged | Answered":
        from tradebot.core.options.voice.dialogue import Answered

        found = self._post("ask", {"text": deed.text, "source": deed.channel.value})
        if found["questions"]:
            return Answered(text=" ".join(question["text"] for question in found["questions"]))
        if not found["draft_id"]:
            return Answered(text=_why_nothing(found))
        return _offer(found)

    def _approve(self, deed: "ApproveOffer") -> "Answered":
        from tradebot.core.options.voice.dialogue import Answered

        path = f"drafts/{escaped(deed.draft_id)}/approve"
        found = self._post(path, {"digest": deed.digest})
        if found["result"]["success"]:
            return Answered(text="It goes on through the gates.")
        return Answered(text=f"It was refused: {found['result']['reason_code']}.")

    def _reject(self, deed: "RejectOffer") -> "Answered":
        from tradebot.core.options.voice.dialogue import Answered

        self._post(f"drafts/{escaped(deed.draft_id)}/reject", {"reason": _REASON})
        return Answered(text="The draft is closed.")

    def _status(self) -> "Answered":
        from tradebot.core.options.voice.dialogue import Answered

        found = self._client.get("/api/v1/status").checked()
        killed = " The kill switch is set." if found["kill"]["engaged"] else ""
        return Answered(text=f"The state is {found['state']}, the mode {found['mode']}.{killed}")

    def _kill(self) -> "Answered":
        """Kill through the daemon, or by the flag file that it looks for."""
        from tradebot.core.options.voice.dialogue import Answered
        from tradebot.shell import kill_flag

        try:
            body = {"reason": _REASON, "user": user(), "flatten": False}
            Client(self._home, _KILL_WITHIN_S).post("/api/v1/kill", body).checked()
        except Stop as stop:
            path = kill_flag.drop(self._home, _REASON)
            return Answered(text=f"{stop}. The flag file {path} kills whatever runs there.")
        return Answered(text="Killed. Nothing more is sent.")

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._client.post(f"/api/v1/{path}", {**body, "user": user()}).checked()


def _offer(found: dict[str, Any]) -> "Staged":
    """Read the daemon's answer as a draft that can be read back."""
    from tradebot.core.options.voice.dialogue import Staged
    from tradebot.core.options.voice.numbers import in_words

    trade = found["structure"]
    name = f"{trade['symbol']} {trade['strategy_type'].replace('_', ' ')}"
    many = f", {in_words(Decimal(trade['quantity']))} contracts" * (trade["quantity"] != "1")
    return Staged(
        draft_id=found["draft_id"], digest=found["digest"],
        trade=f"{'closing ' * trade['closes']}{name}{many}", stake=_stake(trade),
    )


def _stake(trade: dict[str, Any]) -> str | None:
    from tradebot.core.options.voice.dialogue import at_most
    from tradebot.core.options.voice.numbers import dollars

    if not trade["closes"]:
        return None if trade["max_loss"] is None else at_most(Decimal(trade["max_loss"]))
    cost = Decimal(trade["cost"])
    return f"it {'costs' if cost > 0 else 'brings'} {dollars(abs(cost))}"


def _why_nothing(found: dict[str, Any]) -> str:
    """Tell why there is no draft: nothing fits, it was refused, or it waits for something else."""
    results = [step["result"] for step in found["steps"] if step["result"] is not None]
    if not results:
        return f"Nothing fits: {found['why']}."
    told = str(results[0]["reason_detail"] or results[0]["reason_code"]).partition(":")[0]
    return f"It waits: {told}." if results[0]["success"] else f"It was refused: {told}."
