"""Do the files of drafts say what the journal knows, whatever the disk does meanwhile?"""

import asyncio
import errno
import json
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.tiny_daemon import AT, TinyDaemon, a_morning

from tradebot.core.model.commands import (
    ActivateSettings,
    Approve,
    Command,
    Reject,
    SetKillSwitch,
    SubmitIntent,
    Tick,
)
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.core.model.settings import Mode, Settings
from tradebot.shell.journal import place
from tradebot.shell.sim_loop import SimLoop
from tradebot.shell.told import draft_files as module
from tradebot.shell.told.draft_files import DraftFiles, Keeping
from tradebot.shell.views.drafts import Shelf

HOUR_S = 3_600


class Desk:
    """A tiny daemon in stage mode, and the files of its drafts."""

    def __init__(self, home: Path, **shelf: Any) -> None:
        self.daemon = TinyDaemon()
        self.told: list[str] = []
        self.shelf = Shelf(directory=home / "drafts", **shelf)
        self.daemon.views.drafts.shelf = self.shelf
        self.keeping = Keeping(retention_days=30, retention_count=100)
        self.later = timedelta()
        self.is_heard = True
        self.files = self.new_files()
        self.settings(mode=Mode.STAGE)

    def new_files(self) -> DraftFiles:
        return DraftFiles(
            self.daemon.views.drafts, self.shelf, self, keeping=self.keeping,
            tell=self.told.append, threaded=False,
        )

    def now(self) -> Any:
        return AT + self.later

    def decide(self, command: Command) -> None:
        decision = self.daemon.decide(command)
        if decision is not None and self.is_heard:
            self.files.on_decision(decision)

    def settings(self, **changes: Any) -> None:
        first = a_morning()[0]
        assert isinstance(first, ActivateSettings)
        now = {"mode": Mode.STAGE, "policy": first.settings.policy, "approval_ttl_s": HOUR_S,
               "draft_ttl_s": 1}
        self.decide(ActivateSettings(settings=Settings(**{**now, **changes}), version="staged"))

    def draft(self, price: str = "500", qty: str = "2", ttl_s: int | None = None) -> str:
        self.decide(SubmitIntent(intent=Intent(
            legs=(Leg(symbol="SPY", side=Side.BUY),), order_qty=Decimal(qty), ttl_s=ttl_s,
            ord_type=OrdType.LIMIT, price=Decimal(price), strategy_id=StrategyId("sma"),
        )))
        return list(self.daemon.views.book.intents.open)[-1]

    def approve(self, draft: str) -> None:
        body = self.daemon.book.intents.open[draft].body  # type: ignore[index]
        self.decide(Approve(target=draft, digest=body.digest(), by="alice"))

    def row(self, draft: str) -> dict[str, Any]:
        found = self.daemon.views.drafts.get(draft)
        assert found is not None
        return self.daemon.views.drafts.row(found)

    def path(self, draft: str) -> Path:
        return Path(self.row(draft)["draft_path"])

    def content(self, draft: str) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load(self.path(draft).read_text())
        return found

    def names(self) -> tuple[list[str], list[str]]:
        """Return the files that wait for a person, and those in the archive."""
        root = self.shelf.directory
        here, archive = root.glob("*.*"), root.glob("archive/*")
        return sorted(p.name for p in here), sorted(p.name for p in archive)

    def write(self, seconds: float = 1, then: Callable[[], None] = lambda: None) -> None:
        """Let the writer run for this long on simulated time, with something half way."""
        async def run() -> None:
            task = asyncio.create_task(self.files.run())
            await asyncio.sleep(seconds / 2)
            then()
            await asyncio.sleep(seconds / 2)
            task.cancel()
            await asyncio.wait({task})

        with asyncio.Runner(loop_factory=SimLoop) as runner:
            runner.run(run())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bool], None]]:
    """A disk that can be full: what would create a file fails as the kernel says it."""
    is_full, replace = [False], place.replace

    def write(path: Path, data: bytes) -> None:
        if is_full[0]:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        replace(path, data)

    def fill(now: bool) -> None:
        is_full[0] = now

    monkeypatch.setattr(place, "replace", write)
    yield fill


def test_a_draft_is_a_file_that_says_what_was_promised(desk: Desk) -> None:
    draft = desk.draft()
    desk.write()
    path, found = desk.path(draft), desk.content(draft)
    assert path.parent == desk.shelf.directory
    assert path.name == f"20260824_143006_SPY_buy_shares_{draft[:8].lower()}.yaml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0
    assert list(found)[:6] == [
        "version", "created_utc", "type", "draft_id", "digest", "expires_utc"
    ]
    assert (found["version"], found["type"], found["draft_id"]) == (1, "trade_draft", draft)
    assert found["trade"]["legs"] == [{
        "action": "buy", "instrument": "SPY", "strike": None, "expiry": None, "quantity": "2",
        "price": "500",
    }]
    assert found["trade"]["net_price"] == "500"
    assert found["trade"]["max_loss"] == "50.002"  # 2 x 500.02 shaken by 5 %
    assert {gate["verdict"] for gate in found["gates"]} == {"ALLOW"}
    assert found["meta"]["source"] == "strategy"
    assert "outcome" not in found
    result = desk.daemon.views.pipeline_result(draft)
    assert result is not None
    assert (result["draft_id"], result["draft_path"]) == (draft, str(path))


def test_a_draft_may_be_json(tmp_path: Path) -> None:
    desk = Desk(tmp_path, format="json")
    draft = desk.draft()
    desk.write()
    assert desk.path(draft).suffix == ".json"
    assert json.loads(desk.path(draft).read_text())["draft_id"] == draft


def test_what_waits_for_nobody_moves_to_the_archive_with_its_outcome(desk: Desk) -> None:
    ids = [desk.draft(ttl_s=ttl_s) for ttl_s in (None, None, None, 9, None)]
    approved, rejected, killed, expired, sent = ids
    desk.write()
    assert len(desk.names()[0]) == 5
    desk.decide(Reject(target=rejected, reason="too dear", by="bob"))
    for _ in range(5):
        desk.settings(send_within_s=int(desk.daemon.decisions[-1].seq))  # a second each
    desk.decide(Tick())
    desk.approve(approved)
    desk.approve(sent)
    desk.settings(mode=Mode.PAPER)
    desk.decide(SetKillSwitch(engaged=True, reason="enough", by="carol"))
    desk.write()
    here, archive = desk.names()
    assert (here, len(archive)) == ([], 5)
    outcomes = {draft: desk.content(draft)["outcome"] for draft in ids}
    assert outcomes[sent]["status"] == outcomes[approved]["status"] == "sent"
    assert outcomes[sent]["approved_by"] == "alice"
    assert outcomes[sent]["client_order_id"].startswith("tb")
    assert (outcomes[rejected]["status"], outcomes[rejected]["reason_code"]) == (
        "rejected", "POLICY_REJECTED"
    )
    assert "too dear" in outcomes[rejected]["reason"]
    assert outcomes[expired]["status"] == "expired"
    assert outcomes[killed]["reason_code"] == "RISK_KILL_SWITCH"


def test_an_approval_that_lapses_puts_the_file_back(desk: Desk) -> None:
    desk.settings(approval_ttl_s=1)
    draft = desk.draft()
    desk.approve(draft)
    desk.write()
    assert desk.names() == ([], [desk.path(draft).name])
    assert desk.content(draft)["outcome"]["status"] == "approved"
    desk.decide(Tick())
    desk.decide(Tick())
    desk.write()
    assert desk.names() == ([desk.path(draft).name], [])
    assert desk.row(draft)["status"] == "waiting"


def test_editing_a_file_changes_nothing_and_is_left_alone(desk: Desk) -> None:
    draft = desk.draft()
    desk.write()
    desk.path(draft).write_text("quantity: 4711\n")
    digest = desk.row(draft)["digest"]
    desk.settings(send_within_s=31)
    desk.files = desk.new_files()
    desk.write()
    assert desk.path(draft).read_text() == "quantity: 4711\n"
    assert desk.row(draft)["digest"] == digest
    assert desk.daemon.book.intents.open[draft].body.order_qty == 2  # type: ignore[index]


def test_a_missing_file_appears_again_at_the_next_start(desk: Desk) -> None:
    waits, rejected = desk.draft(), desk.draft()
    desk.decide(Reject(target=rejected, reason="no", by="bob"))
    desk.write()
    before = desk.names()
    for draft in (waits, rejected):
        desk.path(draft).unlink()
    desk.files = desk.new_files()
    desk.write()
    assert desk.names() == before


def test_what_happened_while_nobody_wrote_is_written_at_the_next_start(desk: Desk) -> None:
    waits, rejected = desk.draft(), desk.draft()
    desk.write()
    desk.is_heard = False
    desk.decide(Reject(target=rejected, reason="no", by="bob"))
    late = desk.draft()
    desk.files, desk.is_heard = desk.new_files(), True
    desk.write()
    assert desk.names() == (
        sorted(desk.path(draft).name for draft in (waits, late)), [desk.path(rejected).name]
    )


@pytest.mark.fault(29)
def test_a_full_disk_is_told_once_and_loses_no_draft(
    desk: Desk, full_disk: Callable[[bool], None]
) -> None:
    first = desk.draft()
    desk.write()
    full_disk(True)
    more = [desk.draft() for _ in range(20)]
    desk.decide(Reject(target=first, reason="no", by="bob"))
    desk.write(seconds=300, then=lambda: full_disk(False))
    assert [text[:30] for text in desk.told] == [
        "ALERT drafts cannot be written", "drafts can be written again"
    ]
    assert "No space left on device" in desk.told[0]
    assert desk.names() == (
        sorted(desk.path(draft).name for draft in more), [desk.path(first).name]
    )
    assert not list(desk.shelf.directory.rglob("*.begun"))


@pytest.mark.fault(31)
def test_a_directory_that_cannot_be_one_is_told_and_tried_again(desk: Desk) -> None:
    root = desk.shelf.directory
    root.write_text("in the way")
    draft = desk.draft()
    desk.write(seconds=300, then=root.unlink)
    assert desk.told[0].startswith("ALERT drafts cannot be written")
    assert desk.names() == ([desk.path(draft).name], [])


def test_the_retries_back_off(desk: Desk, full_disk: Callable[[bool], None]) -> None:
    full_disk(True)
    tries: list[Path] = []
    real = place.replace

    def counted(path: Path, data: bytes) -> None:
        tries.append(path)
        real(path, data)

    desk.draft()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, "replace", counted)
        desk.write(seconds=600)
    assert 8 <= len(tries) <= 20


def test_more_than_can_be_noted_is_found_by_looking_at_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING_MAX", 3)
    drafts = [desk.draft() for _ in range(10)]
    desk.write()
    assert desk.names()[0] == sorted(desk.path(draft).name for draft in drafts)


def test_the_archive_keeps_so_many_and_so_long(desk: Desk) -> None:
    desk.keeping = Keeping(retention_days=2, retention_count=3)
    desk.files = desk.new_files()
    drafts = [desk.draft() for _ in range(5)]
    for draft in drafts:
        desk.decide(Reject(target=draft, reason="no", by="bob"))
    desk.write()
    newest = sorted(desk.path(draft).name for draft in drafts)[-3:]
    assert desk.names() == ([], newest)
    (desk.shelf.directory / "archive" / "mine.yaml").write_text("not a draft")
    desk.later = timedelta(days=3)
    desk.files = desk.new_files()
    desk.write()
    assert desk.names() == ([], ["mine.yaml"])


def test_drafts_are_counted_with_the_oldest_that_waits(desk: Desk) -> None:
    none = {"waiting": 0, "approved": 0, "expired": 0, "oldest_utc": None, "ending": []}
    assert desk.daemon.views.status()["drafts"] == none
    first, second, _ = desk.draft(ttl_s=2), desk.draft(), desk.draft()
    told = desk.daemon.views.status()["drafts"]
    assert (told["waiting"], told["oldest_utc"]) == (3, desk.row(first)["created_utc"])
    desk.approve(second)
    desk.decide(Tick())
    told = desk.daemon.views.status()["drafts"]
    assert (told["waiting"], told["approved"], told["expired"]) == (1, 1, 1)
    desk.decide(SetKillSwitch(engaged=True, reason="enough", by="carol"))
    assert desk.daemon.views.status()["drafts"] == {**none, "expired": 1}


@pytest.mark.parametrize("is_asked", [False, True])
def test_an_order_that_nobody_was_asked_about_is_recorded_where_all_are(
    desk: Desk, is_asked: bool
) -> None:
    desk.settings(mode=Mode.PAPER, record_all=is_asked)
    sent = desk.draft()
    assert desk.daemon.book.orders.working, "nothing was sent"
    desk.write()
    here, archive = desk.names()
    assert (here, len(archive)) == ([], int(is_asked))
    if is_asked:
        found = desk.content(sent)
        assert found["outcome"]["status"] == "sent"
        assert found["outcome"]["approved_by"] is None
        assert {gate["verdict"] for gate in found["gates"]} == {"ALLOW"}
    assert desk.daemon.views.status()["drafts"]["waiting"] == 0
