"""Does somebody who tries the channels from a terminal learn what works, and what to mend?"""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tradebot.cli.main import main
from tradebot.core.model.alert import Level
from tradebot.core.model.secret import Secret
from tradebot.plugins.notifiers.webhook import WebhookNotifier, WebhookSettings
from tradebot.shell.api.alert_routes import alert_routes
from tradebot.shell.api.section import ApiSection
from tradebot.shell.api.sockets import Sockets
from tradebot.shell.clock import WallClock
from tradebot.shell.notify.alerts import Alerts
from tradebot.shell.notify.channel import AlertChannel
from tradebot.shell.notify.history import AlertHistory
from tradebot.shell.notify.section import ChannelSection, NotificationsSection
from tradebot.shell.told.outlet import Outlet

CONFIG = Path(__file__).resolve().parents[2] / "config" / "config.paper.yaml"
Out = pytest.CaptureFixture[str]


class Service(ThreadingHTTPServer):
    """Takes what is posted to /good, knows nothing of /gone, and keeps what it heard."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[Any] = []


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Service)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(json.loads(body))
        self.send_response(200 if self.path == "/good" else 404)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep the terminal for what is tested."""


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def configured(home: Path, channels: str) -> str:
    path = home / "c.yaml"
    text = CONFIG.read_text().replace("policy.yaml", str(CONFIG.with_name("policy.yaml")))
    path.write_text(f"{text}\nnotifications:\n  channels:\n{channels}")
    path.chmod(0o600)
    return str(path)


def a_webhook(name: str, url: str, more: str = "") -> str:
    return f"    {name}: {{plugin: webhook, url: '{url}', allow_private: true{more}}}\n"


def tried(out: Out, home: Path, channels: str, *more: str) -> tuple[int, dict[str, Any]]:
    config = configured(home, channels)
    data = str(home / "data")
    code = main(["notify", "test", "--config", config, "--data-dir", data, "--json", *more])
    written = out.readouterr()
    return code, json.loads(written.out) if written.out else {"error": written.err}


def test_each_channel_gets_a_line_and_one_that_fails_is_exit_1(
    tmp_path: Path, capsys: Out, service: Service
) -> None:
    here = f"http://127.0.0.1:{service.server_port}"
    channels = (
        a_webhook("good", f"{here}/good") + a_webhook("gone", f"{here}/hush-hush")
        + a_webhook("off", f"{here}/good", ", enabled: false")
    )
    code, found = tried(capsys, tmp_path, channels)
    rows = {row["channel"]: row for row in found["channels"]}
    assert (code, found["good"]) == (1, False)
    assert {name: row["outcome"] for name, row in rows.items()} == {
        "good": "delivered", "gone": "failed", "off": "skipped"}
    assert rows["gone"]["told"] == "HTTP 404" and "another webhook" in rows["gone"]["advice"]
    assert "hush" not in json.dumps(found)
    assert {heard["kind"] for heard in service.heard} == {"test"}
    assert tried(capsys, tmp_path, channels, "--channel", "good")[0] == 0
    assert len(service.heard) == 3
    main(["notify", "test", "--config", str(tmp_path / "c.yaml"), "--data-dir", str(tmp_path)])
    assert "gone     webhook  failed" in capsys.readouterr().out


@pytest.mark.parametrize(("channels", "more", "says"), [
    ("    {}\n", (), "there is no channel"),
    (a_webhook("good", "http://127.0.0.1:9/"), ("--channel", "none"), "is called 'none'"),
    ("    it: {plugin: webhook, url: 'https://127.0.0.1/hush'}\n", (), "no address on the open"),
    ("    it: {plugin: nobody}\n", (), "expected one of apprise, console, discord"),
    ("    it: {plugin: slack}\n", (), "webhook_url: expected a value"),
])
def test_a_channel_that_cannot_be_is_exit_4(
    channels: str, more: tuple[str, ...], says: str, tmp_path: Path, capsys: Out
) -> None:
    code, found = tried(capsys, tmp_path, channels, *more)
    assert code == 4
    assert says in found["error"] and "hush" not in found["error"]


@contextmanager
def a_daemon(home: Path, url: str) -> Iterator[None]:
    """Serve the routes of alerts on a socket, with one channel open and one that is not."""
    started, loops = threading.Event(), []

    async def serve() -> None:
        out = Outlet("alerts", list)
        alerts = Alerts(AlertHistory(home / "a.jsonl", out), WallClock(), tell=str)
        notifier = WebhookNotifier(WebhookSettings(url=Secret(url), allow_private=True))
        section = ChannelSection(plugin="webhook")
        alerts.swap(NotificationsSection(channels={"here": section, "shut": section}), [
            AlertChannel("here", section, notifier, least=Level.INFO, echo=alerts.echo)
        ])
        api = Sockets(ApiSection(enabled=False), home, str, str)
        api.routes = [*alert_routes(alerts)]
        task = asyncio.gather(*(run() for run in api.runs().values()))
        loops.append((asyncio.get_running_loop(), task))
        while not any(home.glob("tradebot.sock*")):
            await asyncio.sleep(0.005)
        started.set()
        with suppress(asyncio.CancelledError):
            await task
        out.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="alerts")
    thread.start()
    try:
        assert started.wait(10)
        yield
    finally:
        loops[0][0].call_soon_threadsafe(loops[0][1].cancel)
        thread.join(10)


def test_a_running_daemon_sends_the_test_itself(
    tmp_path: Path, capsys: Out, service: Service
) -> None:
    asked = ("notify", "test", "--data-dir", str(tmp_path), "--json")
    with a_daemon(tmp_path, f"http://127.0.0.1:{service.server_port}/good"):
        assert main([*asked]) == 0
        here, shut = json.loads(capsys.readouterr().out)["channels"]
        assert main([*asked, "--channel", "none"]) == 4
        assert "no channel is called 'none'" in capsys.readouterr().err
        assert main([*asked, "--channel", "a b"]) == 2
    assert (here["outcome"], shut["outcome"]) == ("delivered", "skipped")
    assert "it is not open" in shut["told"]
    (heard,) = service.heard
    assert heard["title"] == "Alerts arrive here"


def test_a_rehearsal_that_does_not_run_cannot_be_tried(tmp_path: Path, capsys: Out) -> None:
    code, found = tried(capsys, tmp_path, a_webhook("it", "http://127.0.0.1:9/"), "--rehearsal")
    assert code == 3 and "no daemon runs" in found["error"]


def test_the_doctor_reaches_each_channel_and_tells_nothing(
    tmp_path: Path, capsys: Out, service: Service
) -> None:
    config = configured(tmp_path, (
        a_webhook("good", f"http://127.0.0.1:{service.server_port}/good")
        + a_webhook("gone", "http://127.0.0.1:9/hush")
    ))
    main(["doctor", "--config", config, "--data-dir", str(tmp_path / "data"), "--json"])
    found = {row["check"]: row for row in json.loads(capsys.readouterr().out)["checks"]}
    row = found["notifiers"]
    assert row["result"] == "fail", row
    assert "good: 127.0.0.1 answers at 127.0.0.1, unencrypted; gone: no conn" in row["says"]
    assert "hush" not in json.dumps(found)
    assert service.heard == []
