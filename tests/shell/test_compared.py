"""Is it told what another configuration changes, and kept no secret on the way?"""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.tiny_daemon import TinyDaemon, a_reloader

from tradebot.shell.compared import compared, version_document
from tradebot.shell.reload import Reloader
from tradebot.shell.settings.versions import FOLDER, Versions

FIRST = (
    "mode: paper\npolicy: {order_qty_max: 50, quote_age_max_s: 15}\n"
    "telemetry: {log_level: info, heartbeat_s: 300}\n"
    "language: {provider: openai, model: m, api_key: hush-hush}\n"
)
SECOND = (
    "mode: paper\npolicy: {order_qty_max: 80, quote_age_max_s: 10}\n"
    "telemetry: {log_level: debug, heartbeat_s: 60}\n"
    "language: {provider: openai, model: m, api_key: another-one}\n"
)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reloader:
    """Two versions of a file that its owner alone reads; a relative path names it."""
    monkeypatch.chdir(tmp_path)
    Path("config.yaml").touch(0o600)
    reloader = a_reloader(TinyDaemon(), Path(), FIRST)
    asyncio.run(reloader.start())
    Path("config.yaml").write_text(SECOND)
    asyncio.run(reloader.reload("owner", "api"))
    return reloader


def told(house: Reloader, one: int, other: int | None) -> dict[str, Any]:
    return dict(compared(house.latest, Versions(Path(FOLDER)), one, other))


def test_each_setting_that_differs_is_told_with_its_direction_or_its_time(house: Reloader) -> None:
    found = told(house, 1, 2)
    assert [(c["key"], c["before"], c["after"], c["direction"]) for c in found["changes"]] == [
        ("policy.order_qty_max", "50", "80", "looser"),
        ("policy.quote_age_max_s", "15", "10", "tighter"),
    ]
    assert found["others"] == [
        {"key": "telemetry.log_level", "before": "info", "after": "debug",
         "takes_effect": "at the next start"},
        {"key": "telemetry.heartbeat_s", "before": "300", "after": "60",
         "takes_effect": "at once"},
    ]
    assert "+policy: {order_qty_max: 80, quote_age_max_s: 10}" in found["files"][0]["diff"]


def test_what_the_files_say_now_is_compared_without_a_number(house: Reloader) -> None:
    assert told(house, 2, None)["changes"] == told(house, 2, None)["files"] == []
    Path("config.yaml").write_text(SECOND.replace("80", "81"))
    (change,) = told(house, 2, None)["changes"]
    assert (change["before"], change["after"], change["direction"]) == ("80", "81", "looser")


def test_no_kept_byte_and_no_answer_holds_a_secret(house: Reloader) -> None:
    said = str(told(house, 1, 2))
    said += str(version_document(house.parts.configs, house.parts.versions, 1))
    kept = b"".join(p.read_bytes() for p in Path(FOLDER).rglob("*") if p.is_file()).decode()
    for secret in ("hush-hush", "another-one"):
        assert secret not in said + kept
    assert "api_key: \"***\"" in kept


def test_a_version_comes_back_with_the_secret_of_today(house: Reloader) -> None:
    asyncio.run(house.rollback(1, "owner", "as it was"))
    assert Path("config.yaml").read_text() == FIRST.replace("hush-hush", '"another-one"')
