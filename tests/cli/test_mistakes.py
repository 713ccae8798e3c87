"""What does the person at 9:29 hear who mistypes? One sentence and the right exit code, each time.

Every line is a command as it was typed. The daemons are real, in processes of their own; the
verbs run in this one, so that a traceback of theirs is a failure here.
"""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tradebot.cli.main import main

CONFIG = """\
schema_version: 1
mode: paper
data_dir: data
market_data: {provider: simulated, symbols: [SPY, IBM], interval_s: 1}
brokers: {paper: {adapter: paper}}
"""
SPY = "market_data: {provider: simulated, symbols: [SPY]}\nbrokers: {paper: {adapter: paper}}\n"
FILES = {
    "c.yaml": CONFIG,
    "unknown.yaml": f"{CONFIG}stratagies: []\n",
    "type.yaml": f"{CONFIG}orders: {{send_within_s: soon}}\n",
    "half.yaml": "schema_version: 1\nmode: paper\nbrokers:\n  paper: {adapter: pap",
    "half.json": '{"schema_version": 1, "mode": "paper",',
    "bomb.yaml": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
    "twice.yaml": "schema_version: 1\nmode: paper\nmode: live\n",
    "tab.yaml": "schema_version: 1\nmode: paper\n\tdata_dir: x\n",
    "indent.yaml": "schema_version: 1\nmarket_data:\n\tprovider: simulated\n",
    "empty.yaml": "",
    "prose.yaml": "please trade for me\n",
    "two.yaml": "schema_version: 1\n---\nmode: live\n",
    "clock.yaml": CONFIG.replace("interval_s: 1", "interval_s: 9:30"),
    "limits.yaml": f"{CONFIG}policy: no-such-policy.yaml\n",
    "cross.yaml": f"{CONFIG}strategies: [{{id: a, plugin: sma_cros, symbols: [SPY]}}]\n",
    "slow.yaml": f"{CONFIG}strategies:\n  - id: a\n    plugin: sma_cross\n    symbols: [SPY]\n"
    "    parameters: {fast: 9, slow: 5}\n",
    "stranger.yaml": f"{CONFIG}strategies: [{{id: a, plugin: sma_cross, symbols: [TSLA]}}]\n",
    "twins.yaml": f"{CONFIG}strategies:\n"
    + "  - {id: a, plugin: sma_cross, symbols: [SPY]}\n" * 2,
    "five-legs.yaml": "legs:\n" + "  - {symbol: SPY, side: buy}\n" * 5 + "qty: 1\n",
    "same-leg.yaml": "legs:\n" + "  - {symbol: SPY, side: buy}\n" * 2 + "qty: 1\nlimit: 2.00\n",
    "no-legs.yaml": "legs: []\nqty: 1\n",
    "both.yaml": "symbol: SPY\nside: buy\nlegs: [{symbol: IBM, side: buy}]\nqty: 1\n",
    "quantity.yaml": "symbol: SPY\nside: buy\nquantity: 1\n",
    "half-intent.yaml": 'symbol: SPY\nside: buy\nqty: "1',
}
TRADEBOT = (sys.executable, "-m", "tradebot.cli.main")
PLAIN = "expected a plain decimal such as 12.50"
BUY = "submit --symbol SPY --side buy"

TYPED_AT_THE_DESK = [
    # what is no such word
    ("buy SPY", 2, "expected one of those that the help lists", "got 'buy'",
     "see tradebot --help"),
    ("--rehearsal status", 2, "expected what to do first and then how, got '--rehearsal' first"),
    ("drafts --json list", 2, "got '--json' first", "tradebot drafts --help"),
    ("statsu", 2, "did you mean status?"),
    ("submit SPY buy 1", 2, "expected no 'SPY'", "tradebot submit --help"),
    ("orders --staus open", 2, "expected no '--staus'", "did you mean --status?"),
    (f"{BUY} --quantity 1", 2, "expected no '--quantity'"),
    # quantities
    (f"{BUY} --qty 0", 6, "VALIDATION_QUANTITY", "expected above 0, got 0"),
    (f"{BUY} --qty -1", 6, "VALIDATION_QUANTITY", "expected above 0, got -1"),
    (f"{BUY} --qty 1e5", 2, "--qty", PLAIN, "got '1e5'"),
    (f"{BUY} --qty NaN", 2, "--qty", PLAIN, "got 'NaN'"),
    (f"{BUY} --qty Infinity", 2, "--qty", PLAIN),
    (f"{BUY} --qty 1,000", 2, "--qty", PLAIN, "got '1,000'"),
    (f"{BUY} --qty 1_000", 2, "--qty", PLAIN),
    (f"{BUY} --qty ٣", 2, "--qty", PLAIN),
    (f"{BUY} --qty ''", 2, "--qty", PLAIN),
    (f"{BUY} --qty 0.5", 6, "VALIDATION_LOT_SIZE", "expected whole lots of 1"),
    (f"{BUY} --qty 99999999999999999999", 2, "at most 15 digits before"),
    (f"{BUY} --qty 100000", 6, "RISK_ORDER_QUANTITY", "100000 against 10000"),
    (BUY, 2, "--qty: expected a value"),
    # symbols, sides, routes
    ("submit --symbol TSLA --side buy --qty 1", 6, "VALIDATION_UNKNOWN_SYMBOL", "'TSLA'"),
    ("submit --symbol spy --side buy --qty 1", 2, "in capitals such as SPY, got 'spy'"),
    ("submit --symbol SPY --qty 1", 2, "--side: expected a value"),
    ("submit --symbol SPY --side long --qty 1", 2, "expected one of buy, sell, got 'long'"),
    (f"{BUY} --qty 1 --route nyse", 6, "VALIDATION_UNKNOWN_ROUTE", "expected one of paper"),
    # prices
    (f"{BUY} --qty 1 --limit 500.001", 6, "VALIDATION_OFF_TICK", "whole ticks of 0.01"),
    (f"{BUY} --qty 1 --limit 0", 6, "VALIDATION_PRICE", "expected above 0, got 0"),
    (f"{BUY} --qty 1 --limit -5", 6, "VALIDATION_PRICE", "got -5"),
    (f"{BUY} --qty 1 --limit 5000 --wait", 6, "RISK_PRICE_COLLAR", "against 0.05"),
    (f"{BUY} --qty 1 --limit $500", 2, "--limit", PLAIN),
    (f"{BUY} --qty 1 --type limit", 6, "VALIDATION_PRICE", "limit orders need a price"),
    (f"{BUY} --qty 1 --type market --limit 500", 6, "market orders need no price"),
    (f"{BUY} --qty 1 --type stop", 6, "VALIDATION_STOP_PRICE", "need a stop price"),
    (f"{BUY} --qty 1 --type stop_limit --limit 500", 6, "VALIDATION_STOP_PRICE"),
    (f"{BUY} --qty 1 --type trailing", 2, "expected one of market, limit, stop"),
    # times, keys
    (f"{BUY} --qty 1 --tif forever", 2, "expected one of day, gtc, ioc, fok"),
    (f"{BUY} --qty 1 --ttl soon", 2, "--ttl: expected whole seconds"),
    (f"{BUY} --qty 1 --wait --timeout never", 2, "--timeout: expected seconds"),
    (f"{BUY} --qty 1 --key ''", 2, "--key: expected 1 to 128 printable"),
    # intents in files
    ("submit --file five-legs.yaml", 2, "legs: expected 1 to 4 legs, got 5"),
    ("submit --file no-legs.yaml", 2, "legs: expected 1 to 4 legs, got 0"),
    ("submit --file same-leg.yaml", 6, "VALIDATION_LEGS", "distinct symbols"),
    ("submit --file both.yaml", 2, "either symbol and side, or legs"),
    ("submit --file quantity.yaml", 2, "quantity", "did you mean qty?"),
    ("submit --file half-intent.yaml", 2, "half-intent.yaml:3", "unexpected end"),
    ("submit --file bomb.yaml", 2, "bomb.yaml:1", "expected no anchors"),
    ("submit --file nowhere.yaml", 2, "nowhere.yaml: No such file"),
    # orders that are not there, filters that are none
    ("cancel", 2, "required: ID"),
    ("cancel ''", 2, "expected an id, got nothing"),
    ("cancel tbNOSUCHORDER", 6, "VALIDATION_UNKNOWN_ORDER"),
    ("cancel ../../kill", 6, "VALIDATION_UNKNOWN_ORDER"),
    ("replace tbNOSUCHORDER", 2, "--qty: expected a new quantity, or a new limit"),
    ("replace tbNOSUCHORDER --qty 1e5", 2, "--qty", PLAIN),
    ("replace tbNOSUCHORDER --qty 5", 6, "VALIDATION_UNKNOWN_ORDER"),
    ("cancel-all --symbol spy", 2, "in capitals such as SPY"),
    ("orders --status opne", 2, "--status: expected one of", "got 'opne'"),
    ("orders --symbol spy", 2, "--symbol: expected a symbol in capitals such as SPY, got 'spy'"),
    ("fills --since yesterday", 2, "--since: expected a day or time such as 2026-08-24"),
    ("intents --last 0", 2, "--last: expected a whole number from 1"),
    ("clear-kill", 2, "required: --reason"),
    ("clear-kill --reason ''", 2, "reason: expected 1 to 200 printable"),
    ("kill --reazon now", 2, "did you mean --reason?"),
]

TYPED_WHILE_IT_RUNS = [
    ("run --config c.yaml --rehearse", 73, "data is in use by process"),
    ("run --config c.yaml", 73, "data is in use by process", "its own: --data-dir DIR"),
    ("orders --data-dir data", 3, "its rehearsal has one: add --rehearsal"),
    ("ledger verify data", 1, "its rehearsal has one: add --rehearsal"),
    ("doctor --config c.yaml --offline", 0, "held by process", "a rehearsal of it answers"),
    (f"{BUY} --qty 1 --data-dir data", 3, "its rehearsal does: add --rehearsal"),
]

TYPED_IN_AN_EMPTY_ROOM = [
    ("status --config unknown.yaml", 4, "unknown.yaml:6: stratagies", "--data-dir DIR"),
    ("", 2, "required: VERB", "see tradebot --help"),
    ("ledger", 2, "required: ACTION", "see tradebot ledger --help"),
    # nothing runs
    (f"{BUY} --qty 1 --config c.yaml", 3, "no daemon runs in data; start one with: tradebot run"),
    ("cancel tbX --data-dir nowhere", 3, "no daemon runs in nowhere"),
    ("clear-halt SPY --reason checked --data-dir nowhere", 3, "no daemon runs in nowhere"),
    ("status --data-dir nowhere", 3, "no journal to read, either"),
    ("positions --data-dir nowhere", 3, "no journal to read, either"),
    ("ledger verify nowhere", 1, "no journal in nowhere"),
    ("replay --data-dir nowhere", 1, "no journal in nowhere"),
    # a configuration that is none
    ("run --config nowhere.yaml", 4, "nowhere.yaml: expected a configuration file, found none",
     "tradebot init writes a first one"),
    ("run --config unknown.yaml", 4, "unknown.yaml:6", "did you mean strategies?"),
    ("run --config type.yaml", 4, "type.yaml:6: orders.send_within_s: ", "number, got 'soon'"),
    ("run --config half.yaml", 4, "half.yaml:5: expected valid YAML"),
    ("run --config half.json", 4, "half.json:1: expected valid JSON", "half written?"),
    ("run --config bomb.yaml", 4, "bomb.yaml:1: a: expected no anchors"),
    ("run --config twice.yaml", 4, "twice.yaml:3: mode: expected each key once"),
    ("run --config tab.yaml", 4, "tab.yaml:3", "a tab character"),
    ("run --config indent.yaml", 4, "indent.yaml:3", "a tab character where only spaces indent"),
    ("run --config empty.yaml", 4, "empty.yaml:1: expected settings, got an empty file"),
    ("run --config prose.yaml", 4, "prose.yaml:1: expected settings (`key: value`)"),
    ("run --config two.yaml", 4, "two.yaml:2: expected one document, got a second"),
    ("run --config clock.yaml", 4, "clock.yaml:4: market_data.interval_s", "got '9:30'"),
    ("run --config limits.yaml", 4, "limits.yaml:6: policy", "no-such-policy.yaml"),
    ("run --config cross.yaml", 4, "cross.yaml:6", "sma_cross, got 'sma_cros'"),
    ("run --config slow.yaml", 4, "slow: expected more bars than fast"),
    ("run --config stranger.yaml", 4, "market_data offers (IBM, SPY), got 'TSLA'"),
    ("config validate stranger.yaml", 4, "stranger.yaml:6: strategies[0].symbols: expected symbols"
     " that market_data offers (IBM, SPY), got 'TSLA'"),
    ("config validate --config c.yaml --set mode=live", 0,
     "mode live: no route is live, so every order will be refused"),
    ("config validate --config cross.yaml --set market_data.symbols=spy", 4,
     "market_data.symbols: expected a symbol in capitals such as SPY, got 'spy'"),
    ("config validate --config c.yaml --set schedule.calendar=NYSE", 4, "XNYS, got 'NYSE'"),
    ("config validate --config c.yaml --set schedule.calendar=24/7 --set"
     " schedule.closures=2026-11-27", 4, "24/7 has no days to close"),
    ("run --config twins.yaml", 4, "twins.yaml:8: strategies[1]: expected an id of its own"),
    # settings on the command line
    ("run --config c.yaml --set mode", 2, "--set: expected A.B=C, got 'mode'"),
    ("run --config c.yaml --set moed=paper", 4, "did you mean mode?"),
    ("run --config c.yaml --set mode=papre", 4, "did you mean paper?"),
    ("run --config c.yaml --set brokers.paper.adapter=papr", 4, "alpaca, ibkr, mock, paper"),
    ("run --config c.yaml --set brokers.paper.initial_balance=lots", 4, PLAIN, "got 'lots'"),
    ("run --config c.yaml --set brokers.paper.fill_probability=2", 4, "at most 1, got '2'"),
    ("run --config c.yaml --set market_data.provider=yahoo", 4, "recorded, simulated, got 'yahoo'"),
    ("run --config c.yaml --set market_data.symbols=spy", 4, "such as SPY, got 'spy'"),
    ("run --config c.yaml --set market_data.symbols=", 4, "expected at least 1"),
    ("run --config c.yaml --set schedule.calendar=NYSE", 4, "expected one of 24/5, 24/7, XNYS"),
    ("run --config c.yaml --set schedule.closures=tomorrow", 4, "a day such as 2026-11-27"),
    ("run --config c.yaml --set policy.order_qty_max=1e5", 4, PLAIN, "got '1e5'"),
    ("run --config c.yaml --set policy.order_qty=5", 4, "did you mean order_qty_max?"),
    ("run --config c.yaml --data-dir c.yaml", 4, "data_dir: expected a directory", "c.yaml"),
    # rehearsals
    ("run --config c.yaml --speed 60", 2, "--speed belongs to a rehearsal: add --rehearse"),
    ("run --config c.yaml --rehearse --speed 0", 2, "--speed: expected 1 to", "got '0'"),
    ("run --config c.yaml --rehearse --start 9:29", 2, "a time such as 2026-08-24T14:30:00Z"),
    ("run --config c.yaml --rehearse --start 2026-11-24 --until 2026-11-23", 2, "until: expected"),
    ("run --config c.yaml --rehearse --start 1980-06-02", 2, "known from 1990 to 2035"),
    ("run --config c.yaml --rehearse --start 2036-06-02", 2, "known from 1990 to 2035"),
    # calendars
    ("calendar --config c.yaml --from 24.11.2026", 2, "expected a day such as 2026-11-26"),
    ("calendar --config c.yaml --calendar NYSE", 2, "expected one of 24/5, 24/7, XNYS"),
]


@contextmanager
def rehearsed(home: Path, start: str) -> Iterator[None]:
    """Keep a rehearsal running in real time from that moment on."""
    for name, text in FILES.items():
        (home / name).write_text(text, encoding="utf-8")
    daemon = subprocess.Popen(
        [*TRADEBOT, "run", "--config", "c.yaml", "--rehearse", "--start", start, "--speed", "1"],
        cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    try:
        assert daemon.stdout is not None
        for line in daemon.stdout:
            if '"event": "status"' in line:
                break
        assert daemon.poll() is None
        yield
    finally:
        daemon.terminate()
        daemon.communicate(timeout=20)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("desk")
    with rehearsed(home, "2026-11-24T15:00:00Z"):
        yield home


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("evening")
    with rehearsed(home, "2026-11-24T22:30:00Z"):
        yield home


@pytest.fixture
def room(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


class Typist:
    """Types a command line in a directory, and hears what comes back."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._patch = patch

    def types(self, where: Path, line: str) -> tuple[int, str]:
        self._patch.chdir(where)
        code = main(shlex.split(line))
        said = self._capsys.readouterr()
        return code, said.out + said.err


@pytest.fixture
def typist(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typist:
    return Typist(capsys, monkeypatch)


def check(heard: tuple[int, str], code: int, words: list[str]) -> None:
    assert heard[0] == code, heard[1]
    for word in words:
        assert word in heard[1]
    assert "Traceback" not in heard[1]


@pytest.mark.parametrize(("line", "code", "words"), [
    pytest.param(line, code, words, id=line) for line, code, *words in TYPED_AT_THE_DESK
])
def test_at_the_desk(line: str, code: int, words: list[str], typist: Typist, desk: Path) -> None:
    check(typist.types(desk, f"{line} --data-dir data --rehearsal"), code, words)


@pytest.mark.parametrize(("line", "code", "words"), [
    pytest.param(line, code, words, id=line) for line, code, *words in TYPED_WHILE_IT_RUNS
])
def test_while_it_runs(line: str, code: int, words: list[str], typist: Typist, desk: Path) -> None:
    check(typist.types(desk, line), code, words)


@pytest.mark.parametrize(("line", "code", "words"), [
    pytest.param(line, code, words, id=line) for line, code, *words in TYPED_IN_AN_EMPTY_ROOM
])
def test_where_nothing_runs(
    line: str, code: int, words: list[str], typist: Typist, room: Path
) -> None:
    check(typist.types(room, line), code, words)


def test_an_order_after_hours_waits_and_says_for_what(typist: Typist, evening: Path) -> None:
    place = "--data-dir data --rehearsal"
    heard = typist.types(evening, f"{BUY} --qty 1 {place}")
    check(heard, 0, ["waits at stage validation", "POLICY_MARKET_CLOSED", "session:XNYS"])
    heard = typist.types(evening, f"{BUY} --qty 1 --wait --timeout 0.3 {place}")
    check(heard, 5, ["POLICY_MARKET_CLOSED", "not finished within 0.3 s"])


def test_a_mistyped_span_costs_nothing_of_the_last_rehearsal(typist: Typist, room: Path) -> None:
    kept = room / "data" / "rehearsal" / "kept"
    kept.parent.mkdir(parents=True)
    kept.touch()
    for span in ("--start 1980-06-02", "--start 2026-11-24 --until 2026-11-23"):
        assert typist.types(room, f"run --config c.yaml --rehearse {span}")[0] == 2
    assert kept.exists()


def test_the_mistakes_left_nothing_behind_at_the_desk(typist: Typist, desk: Path) -> None:
    """Runs after the typing: nothing was sent, and the kill switch is not set."""
    code, said = typist.types(desk, "orders --data-dir data --rehearsal")
    assert (code, said) == (0, "no orders\n")
    code, said = typist.types(desk, "status --data-dir data --rehearsal")
    assert code == 0
    assert "TRADING" in said
