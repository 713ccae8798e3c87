"""Does a secret get out of a daemon that trades, fails, tells, is asked and copied? Never."""

import json
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tradebot.cli.client import Client
from tradebot.cli.main import main
from tradebot.cli.outcome import Exit, Stop

# One for each place that a secret can come from.
CANARIES = {
    "environment": "canary-of-the-environment", "file": "canary-of-a-file",
    "credential": "canary-of-the-system", "dotenv": "1234567890:canary-of-dotenv-canary-of-dotenv",
    "inline": "canary-of-the-configuration",
}
CONFIG = """\
schema_version: 1
mode: paper
data_dir: data
api: {{port: 0}}
schedule: {{calendar: 24/7}}
market_data: {{provider: simulated, symbols: [BTC-USD, SPY], interval_s: 1}}
brokers:
  paper: {{adapter: paper, latency_ms_min: 1, latency_ms_max: 5}}
strategies:
  - {{plugin: mid_quoter, symbols: [BTC-USD], timer_s: 1, parameters: {{order_qty: 0.01}}}}
policy: {{trade_outside_hours: [24/7], order_qty_max: 100}}
language: {{provider: openai, model: m, base_url: "{url}", timeout_s: 2}}
notifications:
  channels:
    hook:
      {{plugin: webhook, signing_secret: {inline}, allow_private: true, max_retries: 1,
       initial_backoff_s: 0.1}}
    chat:
      {{plugin: telegram, chat_id: "1", api_url: "{url}", allow_private: true, max_retries: 0}}
"""
CHANNELS = "TRADEBOT_NOTIFICATIONS__CHANNELS__"


class Echo(BaseHTTPRequestHandler):
    """A server that refuses all it is asked, and says loudly what it was."""

    heard: list[tuple[str, str, str]] = []  # noqa: RUF012  path, headers, body; one test asks it

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.heard.append((self.path, str(self.headers), body))
        told = json.dumps({"error": f"{self.path} {self.headers} {body}"}).encode()
        self.send_response(500, f"no {self.path}")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        with suppress(OSError):  # it need not be listened to
            self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def planted(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    """Plant a canary everywhere; return the files where they may be found."""
    monkeypatch.chdir(tmp_path)
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    told = {
        tmp_path / "key": CANARIES["file"],
        tmp_path / ".env": f"{CHANNELS}CHAT__BOT_TOKEN={CANARIES['dotenv']}\n",
        tmp_path / "c.yaml": CONFIG.format(url=url, inline=CANARIES["inline"]),
        credentials / f"{CHANNELS}HOOK__AUTHORIZATION": CANARIES["credential"],
    }
    for path, text in told.items():
        path.touch(0o600)
        path.write_text(text)
    monkeypatch.setenv("TRADEBOT_LANGUAGE__API_KEY_FILE", "key")
    monkeypatch.setenv(f"{CHANNELS}HOOK__URL", f"{url}/{CANARIES['environment']}")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    return set(told)


def answers(asked: Client) -> str:
    """Wait for the daemon, trade, fail and raise alerts; return all that it answers."""
    for _ in range(100):
        try:
            if asked.get("/readyz").is_good:
                break
        except (Stop, OSError):
            pass
        time.sleep(0.1)
    for qty, code in (("0.01", 0), ("5000", Exit.REFUSED)):
        words = ("--symbol", "BTC-USD", "--side", "buy", "--qty", qty, "--wait", "--timeout", "10")
        assert main(["submit", "--config", "c.yaml", *words]) == code
    main(["ask", "SPY neutral strategy with low risk", "--config", "c.yaml"])
    told = [asked.get("/api/v1/intents").document]
    told.append(asked.post("/api/v1/config/reload", {}).document)
    told.append(asked.post("/api/v1/kill", {"reason": "enough"}).document)
    time.sleep(1.0)  # the channels have had their tries
    for path in ("status", "health", "intents", "orders", "fills", "drafts", "alerts", "config",
                 "config/versions", "config/versions/1", "config/diff", "headroom", "equity"):
        found = asked.get(f"/api/v1/{path}")
        assert found.is_good, (path, found.document)
        told.append(found.document)
    told += [asked.get(f"/api/v1/why/{one['intent_id']}").document for one in
             told[0]["intents"][:3]]
    return json.dumps(told)


@pytest.mark.fault(104)
@pytest.mark.promise(22)
def test_a_canary_is_found_where_it_was_planted_and_nowhere_else(
    tmp_path: Path, planted: set[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    with (tmp_path / "log").open("wb") as log:
        daemon = subprocess.Popen(
            (sys.executable, "-m", "tradebot.cli.main", "run", "--config", "c.yaml"),
            stdout=log, stderr=subprocess.STDOUT,
        )
        try:
            said = answers(Client(tmp_path / "data"))
            said += Path(f"/proc/{daemon.pid}/cmdline").read_text()
            for words in (("config", "show", "--sources"), ("config", "validate"), ("status",),
                          ("doctor", "--offline"), ("backup", "copy.tar")):
                assert main([*words, "--config", "c.yaml"]) in (0, 1), words
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(20)
    for words in (("config", "history"), ("config", "show", "1"), ("config", "diff"),
                  ("ledger", "export")):  # from the journal
        assert main([*words, "--config", "c.yaml"]) == 0, words
    shown = capsys.readouterr()
    said += shown.out + shown.err
    assert "***" in said and "CONFIG" not in said
    with tarfile.open(tmp_path / "copy.tar") as copy:
        members = [copy.extractfile(member) for member in copy if member.isfile()]
        written = [member.read() for member in members if member is not None]
    token = tmp_path / "data" / "api_token"
    canaries = {**CANARIES, "token": token.read_text().strip()}
    written += [
        path.read_bytes() for path in tmp_path.rglob("*")
        if path.is_file() and path not in {*planted, token}
    ]
    everything = said.encode() + b"".join(written)
    assert len(written) > 15 and b"enough" in everything
    assert [place for place, text in canaries.items() if text.encode() in everything] == []
    sent_to_their_owner()


def sent_to_their_owner() -> None:
    """Each server heard its own secret, in its place, and no other."""
    of_hook = [one for one in Echo.heard if CANARIES["environment"] in one[0]]
    of_chat = [one for one in Echo.heard if CANARIES["dotenv"] in one[0]]
    of_model = [one for one in Echo.heard if "chat/completions" in one[0]]
    assert of_hook and of_chat and of_model
    assert len(Echo.heard) == len(of_hook) + len(of_chat) + len(of_model)
    assert all(CANARIES["credential"] in headers for _, headers, _ in of_hook)
    assert all(CANARIES["file"] in headers for _, headers, _ in of_model)
    theirs = {"environment": of_hook, "credential": of_hook, "dotenv": of_chat, "file": of_model}
    for place, text in CANARIES.items():
        for one in Echo.heard:
            assert text not in one[2]
            assert text not in "".join(one) or one in theirs.get(place, ())
