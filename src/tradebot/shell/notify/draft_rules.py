"""Which alerts come of what waits for a person? Drafts, approvals, the leave to trade live."""

from collections.abc import Iterator

from tradebot.core.model import events as e
from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.core.model.arming import ArmingRefused, LiveArmed, LiveDisarmed
from tradebot.core.model.money import plain
from tradebot.core.model.reason import Reason
from tradebot.shell.notify.sight import Sight
from tradebot.shell.views.drafts import Draft, document
from tradebot.shell.views.narrate import short
from tradebot.shell.views.rows import iso
from tradebot.shell.views.trade import in_short


def held(sight: Sight, event: e.IntentHeld) -> Iterator[Alert]:
    """Tell a draft when it is made, with all that its approval takes; other holds pass by."""
    draft = sight.views.drafts.get(event.intent_id)
    if draft is None or draft.drafted.seq != sight.decision.seq or draft.status != "waiting":
        return
    trade, name = document(draft)["trade"], draft.record.intent_id
    loss = trade["max_loss"]
    needs_person = event.reason is not Reason.POLICY_WINDOW_CLOSED
    yield sight.alert(
        AlertKind.DRAFT, Level.WARNING if needs_person else Level.INFO,
        f"{'Draft to approve' if needs_person else 'Draft for a window'}: {_trade(draft)}", event,
        more=f"The most that it can lose: {'not known' if loss is None else loss}."
        f" It expires {iso(draft.record.expires)}.\n"
        f"Look: tradebot drafts show {name}\n"
        f"Approve: tradebot drafts approve {name} --digest {draft.digest}\n"
        f"Reject: tradebot drafts reject {name} --reason TEXT",
        fields={
            "draft_id": name, "digest": draft.digest, "expires_utc": iso(draft.record.expires),
            "max_loss": loss, "max_profit": trade["max_profit"], "net_price": trade["net_price"],
            "symbol": trade["symbol"], "strategy_id": draft.record.intent.strategy_id,
            "order_qty": trade["order_qty"], "reason": event.reason.value,
        },
    )


def _trade(draft: Draft) -> str:
    return in_short(draft.record.intent, draft.made)


def approved(sight: Sight, event: e.IntentApproved) -> Iterator[Alert]:
    draft = sight.views.drafts.get(event.intent_id)
    what = _trade(draft) if draft is not None else short(event.intent_id)
    lacks = draft.lacks if draft is not None else 0
    yield sight.alert(
        AlertKind.APPROVAL, Level.INFO, f"Approved by {event.by}: {what}", event,
        more=f"It needs {lacks} more." if lacks else "",
        fields={
            "draft_id": event.intent_id, "digest": event.digest, "by": event.by,
            "until": iso(event.until), "risk": plain(event.risk), "account": event.account,
        },
    )


def lapsed(sight: Sight, event: e.ApprovalLapsed) -> Iterator[Alert]:
    yield sight.alert(
        AlertKind.APPROVAL, Level.WARNING, f"Approval void: {event.reason}", event,
        more=f"It needs another: tradebot drafts show {event.intent_id}",
        fields={"draft_id": event.intent_id, "reason": event.reason.value},
    )


def armed(sight: Sight, event: LiveArmed) -> Iterator[Alert]:
    yield sight.alert(
        AlertKind.LIVE, Level.CRITICAL, f"LIVE ARMED: {event.account} by {event.by}", event,
        more="End it: tradebot disarm",
        fields={
            "account": event.account, "by": event.by, "until": iso(event.until),
            "orders_max": event.orders_max, "notional_max_usd": plain(event.notional_max_usd),
        },
    )


def disarmed(sight: Sight, event: LiveDisarmed) -> Iterator[Alert]:
    yield sight.alert(
        AlertKind.LIVE, Level.WARNING, f"Live disarmed by {event.by}: {event.reason}", event,
        fields={"by": event.by},
    )


def arming_refused(sight: Sight, event: ArmingRefused) -> Iterator[Alert]:
    yield sight.alert(
        AlertKind.LIVE, Level.WARNING, f"Arming refused: {event.account} by {event.by}", event,
        fields={"account": event.account, "by": event.by, "reason": event.reason.value},
    )
