"""Which alerts come of what waits for a person? Drafts, approvals, the leave to trade live."""

from collections.abc import Iterator

from tradebot.core.model import events as e
from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.core.model.arming import ArmingRefused, LiveArmed, LiveDisarmed
from tradebot.core.model.money import plain
from tradebot.core.model.reason import Reason
from tradebot.shell.notify.scene import Scene
from tradebot.shell.views.drafts import Draft, document
from tradebot.shell.views.narrate import short
from tradebot.shell.views.rows import iso
from tradebot.shell.views.trade import in_short


def held(scene: Scene, event: e.IntentHeld) -> Iterator[Alert]:
    """Tell a draft when it is made, with all that its approval takes; other holds pass by."""
    draft = scene.views.drafts.get(event.intent_id)
    if draft is None or draft.drafted.seq != scene.decision.seq or draft.status != "waiting":
        return
    trade, name = document(draft)["trade"], draft.record.intent_id
    loss = trade["max_loss"]
    needs_person = event.reason is not Reason.POLICY_WINDOW_CLOSED
    yield scene.alert(
        AlertKind.DRAFT, Level.WARNING if needs_person else Level.INFO,
        f"{'Draft to approve' if needs_person else 'Draft for a window'}: {_trade(draft)}", event,
        more=f"The most that it can lose: {'not known' if loss is None else loss}."
        f" It expires {iso(draft.record.expires)}.\n"
        f"Look: tradebot drafts show {name}\n"
        f"Approve: tradebot drafts approve {name} --digest {draft.digest}\n"
        f"Reject: tradebot drafts reject {name}",
        fields={
            "draft_id": name, "digest": draft.digest, "expires_utc": iso(draft.record.expires),
            "max_loss": loss, "max_profit": trade["max_profit"], "net_price": trade["net_price"],
            "symbol": trade["symbol"], "strategy_id": draft.record.intent.strategy_id,
            "order_qty": trade["order_qty"], "reason": event.reason.value,
        },
    )


def _trade(draft: Draft) -> str:
    return in_short(draft.record.intent, draft.made)


def approved(scene: Scene, event: e.IntentApproved) -> Iterator[Alert]:
    draft = scene.views.drafts.get(event.intent_id)
    what = _trade(draft) if draft is not None else short(event.intent_id)
    lacks = draft.lacks if draft is not None else 0
    yield scene.alert(
        AlertKind.APPROVAL, Level.INFO, f"Approved by {event.by}: {what}", event,
        more=f"It needs {lacks} more." if lacks else "",
        fields={
            "draft_id": event.intent_id, "digest": event.digest, "by": event.by,
            "until": iso(event.until), "risk": plain(event.risk), "account": event.account,
        },
    )


def lapsed(scene: Scene, event: e.ApprovalLapsed) -> Iterator[Alert]:
    yield scene.alert(
        AlertKind.APPROVAL, Level.WARNING, f"Approval void: {event.reason}", event,
        more=f"It needs another: tradebot drafts show {event.intent_id}",
        fields={"draft_id": event.intent_id, "reason": event.reason.value},
    )


def armed(scene: Scene, event: LiveArmed) -> Iterator[Alert]:
    yield scene.alert(
        AlertKind.LIVE, Level.CRITICAL, f"LIVE ARMED: {event.account} by {event.by}", event,
        more="End it: tradebot disarm",
        fields={
            "account": event.account, "by": event.by, "until": iso(event.until),
            "orders_max": event.orders_max, "notional_max_usd": plain(event.notional_max_usd),
        },
    )


def disarmed(scene: Scene, event: LiveDisarmed) -> Iterator[Alert]:
    yield scene.alert(
        AlertKind.LIVE, Level.WARNING, f"Live disarmed by {event.by}: {event.reason}", event,
        fields={"by": event.by},
    )


def arming_refused(scene: Scene, event: ArmingRefused) -> Iterator[Alert]:
    yield scene.alert(
        AlertKind.LIVE, Level.WARNING, f"Arming refused: {event.account} by {event.by}", event,
        fields={"account": event.account, "by": event.by, "reason": event.reason.value},
    )
