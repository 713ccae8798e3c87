"""Is the dashboard served whole, by fixed names, and made of nothing that a page must not hold?"""

import http.client
import posixpath
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import product
from pathlib import Path

import pytest
from tests.shell.api.test_server import ask, post
from tests.tiny_daemon import TinyDaemon

STATIC = Path(str(files("tradebot.shell.api"))) / "static"
FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())
# What would turn text into markup or code, or ask anybody but the daemon.
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|DOMParser"
    r"|\son\w+=|style=|<style|<script(?! type=\"module\" src=)|javascript:"
    r"|https?://(?!www\.w3\.org/2000/svg)|@import|url\(|parseFloat|toLocaleString|Intl\."
)
FUNCTION = re.compile(
    r"^( *)(?:export |async |function )*\w+\(.*\{\n((?:.*\n)*?)\1\}", re.MULTILINE
)
LEAST_CONTRAST = 4.5
# What text stands on which ground.
TEXTS = {
    "text": ("ground", "card", "button"), "quiet": ("ground", "card", "button"),
    "link": ("ground", "card"), "good": ("good-ground", "card"), "bad": ("bad-ground", "card"),
    "poor": ("poor-ground",), "kill-text": ("kill",), "yes-text": ("yes",),
}


@dataclass(frozen=True)
class Loaded:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def load(path: Path, name: str, **headers: str) -> Loaded:
    client = http.client.HTTPConnection("localhost", timeout=10)
    client.sock = socket.socket(socket.AF_UNIX)
    client.sock.settimeout(10)
    client.sock.connect(str(path))
    try:
        client.request("GET", name, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = client.getresponse()
        return Loaded(answer.status, answer.headers, answer.read())
    finally:
        client.close()


def named_in(url: str, text: str) -> Iterator[str]:
    """Find what a page or module loads, as addresses."""
    yield from re.findall(r'(?:href|src)="(/[^"#]+)"', text)
    for name in re.findall(r'from "(\.[^"]+)"', text):
        yield posixpath.normpath(f"{posixpath.dirname(url)}/{name}")


def test_everything_that_the_pages_load_is_there_and_nothing_else(path: Path) -> None:
    found: dict[str, str] = {}
    waiting = ["/", "/login"]
    while waiting:
        url = waiting.pop()
        answer = load(path, url)
        assert answer.status == 200, url
        found[url] = answer.body.decode()
        waiting += {*named_in(url, found[url])} - found.keys() - {*waiting}
    expected = {f"/static/{p.relative_to(STATIC).as_posix()}" for p in FILES if p.suffix != ".html"}
    assert found.keys() == {"/", "/login", *expected}


def test_a_file_that_the_browser_has_is_not_sent_again(path: Path) -> None:
    first = load(path, "/static/js/main.js")
    assert first.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert first.headers["Cache-Control"] == "no-cache"  # or an upgrade leaves half a page behind
    again = load(path, "/static/js/main.js", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert load(path, "/static/js/main.js", If_None_Match='"other"').status == 200


def test_no_path_reaches_another_file(path: Path) -> None:
    for name in (
        "/static/", "/static/../server.py", "/static/..%2fserver.py", "/static/js/../../server.py",
        "/static//etc/passwd", "/static/%2e%2e/routes.py", "/static/js/main.js/", "/index.html",
    ):
        assert load(path, name).status == 404, name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_of_the_page_keeps_the_measures_and_holds_no_markup_in_code(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    if file.suffix in {".js", ".html", ".css"}:
        assert FORBIDDEN.search(text) is None, FORBIDDEN.search(text)
    lines = text.splitlines()
    assert len(lines) < 400
    assert max(map(len, lines)) <= 100 or file.suffix == ".svg"
    if file.suffix in {".js", ".css"}:
        assert lines[0].startswith("/* "), "a file says first which question it answers"
    if file.suffix == ".js":
        assert all(body.count("\n") < 48 for _, body in FUNCTION.findall(text))


def test_a_decision_is_told_with_the_id_that_why_takes(daemon: TinyDaemon, path: Path) -> None:
    body = {"symbol": "SPY", "side": "buy", "qty": "10", "limit": "500.02", "key": "k"}
    sent = post(path, "/api/v1/intents", body)[1]
    rows = ask(path, "GET", "/api/v1/decisions")[1]["decisions"]
    assert [(row["seq"], row["part"]) for row in rows] == [
        (told.seq, part) for told in daemon.decisions for part, _ in enumerate(told.events)
    ]
    about = {row["event"]: row["about"] for row in rows}
    assert about["SettingsActivated"] is None
    assert about["OrderSubmitted"] == sent["intent_id"]
    assert ask(path, "GET", f"/api/v1/why/{about['OrderSubmitted']}")[0] == 200
    newest = ask(path, "GET", "/api/v1/decisions?last=2")[1]["decisions"]
    assert [row["event"] for row in newest] == [row["event"] for row in rows[-2:]]


def themes() -> dict[str, dict[str, str]]:
    text = (STATIC / "css" / "theme.css").read_text()
    colours = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", text)
    assert len(colours) == text.count("--")  # each has both
    return {
        "light": {name: light for name, light, _ in colours},
        "dark": {name: dark for name, _, dark in colours},
    }


def contrast(one: str, other: str) -> float:
    """Compute it as the accessibility guidelines have it (WCAG 2.2, relative luminance)."""
    def luminance(colour: str) -> float:
        parts = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", themes())
def test_every_text_stands_out_from_its_ground(theme: str) -> None:
    colours = themes()[theme]
    pairs = [(text, ground) for text, grounds in TEXTS.items() for ground in grounds]
    poor = {p: c for p in pairs if (c := contrast(*(colours[n] for n in p))) < LEAST_CONTRAST}
    assert not poor
    edges = product(("focus", "line"), ("ground", "card"))
    assert all(contrast(colours[one], colours[other]) >= 3 for one, other in edges)


def test_a_reader_chooses_between_the_themes_and_every_text_is_checked() -> None:
    light = themes()["light"]
    chosen = (STATIC / "css" / "theme.css").read_text().partition("}")[2]
    for theme in themes():
        assert f':root[data-theme="{theme}"] {{\n  color-scheme: {theme};' in chosen
    rules = "".join((STATIC / "css" / name).read_text() for name in ("layout.css", "parts.css"))
    assert set(re.findall(r"(?<![a-z-])color: var\(--([a-z-]+)\)", rules)) == TEXTS.keys()
    assert set(re.findall(r"var\(--([a-z-]+)\)", rules)) == light.keys()
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
