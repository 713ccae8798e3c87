"""What does a script hear, and what becomes of what it answers?"""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.makers import a_quote
from tests.plugins.test_sma_cross import ADesk

from tradebot.core.model.commands import RequestCancel, RequestReplace
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.intent import Intent, OrdType, Side, TimeInForce
from tradebot.plugins.strategies.lua import responder
from tradebot.plugins.strategies.lua.responder import Responder, ResponderEnded
from tradebot.plugins.strategies.lua.strategy import LuaSettings, LuaStrategy, ScriptFailed
from tradebot.ports import Action, Working

pytest.importorskip("lupa.lua54")

WORKER = Path(responder.__file__).with_name("worker.py")
PAGE = Path(__file__).resolve().parents[3] / "docs" / "lua-strategies.md"
REACHED = """
assert coroutine.close coroutine.create coroutine.isyieldable coroutine.resume coroutine.status
coroutine.wrap coroutine.yield error getmetatable ipairs math.abs math.acos math.asin math.atan
math.ceil math.cos math.deg math.exp math.floor math.fmod math.huge math.log math.max
math.maxinteger math.min math.mininteger math.modf math.pi math.rad math.random math.sin
math.sqrt math.tan math.tointeger math.type math.ult on_quote pairs pcall rawequal rawget rawlen
rawset select setmetatable string.byte string.char string.find string.format string.gmatch
string.gsub string.len string.lower string.match string.rep string.reverse string.sub string.upper
table.concat table.insert table.move table.pack table.remove table.sort table.unpack tonumber
tostring type xpcall
"""
RESTING = Working(
    cl_ord_id=ClOrdID("tb1"), symbol="SPY", side=Side.SELL, leaves_qty=Decimal(4),
    price=Decimal("501.50"), is_changing=False,
)


class WordyDesk(ADesk):
    """A desk that keeps what it is told, with one order that rests."""

    strategy_id = "lua"

    def __init__(self) -> None:
        super().__init__()
        self.began: list[str] = []  # which script each process runs
        self.told: list[str] = []
        self.figures: dict[str, Decimal] = {}

    def orders(self, symbol: str) -> Sequence[Working]:
        return [RESTING] if symbol == "SPY" else []

    def tell(self, text: str) -> None:
        (self.began if text.startswith("runs ") else self.told).append(text)

    def measure(self, name: str, value: Decimal) -> None:
        self.figures[name] = value


class Scripted:
    """A script in a file, at its desk."""

    def __init__(self, directory: Path, source: str, **settings: Any) -> None:
        self.file = directory / "script.lua"
        self.file.write_text(source)
        own = LuaSettings(**{"file": self.file, "time_ms": 2000, **settings})
        self.desk = WordyDesk()
        self.strategy = LuaStrategy(own, strategy_id="lua", symbols=["SPY", "IBM"])

    def quote(self) -> list[Action]:
        return list(self.strategy.on_quote(a_quote("SPY"), self.desk))

    @property
    def process(self) -> int:
        assert self.strategy._process is not None
        return self.strategy._process._process.pid


def answering(directory: Path, answer: str) -> Scripted:
    return Scripted(directory, f"function on_quote(call) return {answer} end")


def test_a_call_holds_what_the_script_may_know(tmp_path: Path) -> None:
    script = Scripted(tmp_path, """
        local function told(value)
          if type(value) ~= "table" then return tostring(value) end
          local parts = {}
          for key, inner in pairs(value) do parts[#parts + 1] = key .. "=" .. told(inner) end
          return "{" .. table.concat(parts, " ") .. "}"
        end
        function on_bar(call)
          local notes = {}
          for key, inner in pairs(call) do notes[#notes + 1] = key .. "=" .. told(inner) end
          return { notes = notes }
        end""", params={"fast": "3"})
    script.desk.held["SPY"], script.desk.open = Decimal("2.5"), 1
    bar = script.desk.close_at("500.50")
    assert list(script.strategy.on_bar(bar, script.desk)) == []
    assert script.desk.told == [
        "bar={close=500.5 end=2026-08-24T13:31:00+00:00 high=500.5 low=500.5 open=500.5 "
        "start=2026-08-24T13:30:00+00:00 volume=1}",
        "event=bar", "is_open=true", "now=2026-08-24T13:30:00+00:00", "params={fast=3}",
        "position={avg_px=0 qty=2.5}",
        "resting={1={id=tb1 is_changing=false limit=501.5 qty=4 side=sell}}",
        "strategy=lua", "symbol=SPY", "working=1",
    ]


def test_an_order_becomes_an_intent_of_the_strategy(tmp_path: Path) -> None:
    (intent,) = answering(tmp_path, """{ orders = { {
        side = "sell", qty = "2.5", limit = "501.25", tif = "gtc", ttl = 30, rest = true } } }
    """).quote()
    assert isinstance(intent, Intent)
    assert (intent.symbols, intent.side, intent.order_qty) == (("SPY",), Side.SELL, Decimal("2.5"))
    assert (intent.ord_type, intent.price) == (OrdType.LIMIT, Decimal("501.25"))
    assert (intent.time_in_force, intent.ttl_s, intent.rests) == (TimeInForce.GTC, 30, True)
    assert (intent.strategy_id, intent.key) == ("lua", None)


@pytest.mark.parametrize(("prices", "kind"), [
    ("", OrdType.MARKET), (', stop = "1"', OrdType.STOP),
    (', stop = "1", limit = "2"', OrdType.STOP_LIMIT),
])
def test_the_prices_say_the_type(tmp_path: Path, prices: str, kind: OrdType) -> None:
    (intent,) = answering(
        tmp_path, f'{{ orders = {{ {{ symbol = "IBM", side = "buy", qty = 1{prices} }} }} }}'
    ).quote()
    assert isinstance(intent, Intent)
    assert (intent.ord_type, intent.symbol) == (kind, "IBM")


def test_a_resting_order_of_its_own_can_be_cancelled_and_changed(tmp_path: Path) -> None:
    own = "call.resting[1].id"
    assert answering(
        tmp_path, f'{{ orders = {{ {{ cancel = {own} }}, {{ replace = {own}, qty = "3" }} }} }}'
    ).quote() == [
        RequestCancel(target="tb1", by="lua"),
        RequestReplace(target="tb1", by="lua", order_qty=Decimal(3)),
    ]


def test_words_and_figures_reach_people(tmp_path: Path) -> None:
    script = answering(
        tmp_path, '{ orders = {}, notes = { "calm" }, warnings = { "thin" }, '
        'telemetry = { spread = "0.02" } }'
    )
    assert script.quote() == []
    assert script.desk.told == ["calm", "warning: thin"]
    assert script.desk.figures == {"spread": Decimal("0.02")}


def test_of_an_answer_with_one_wrong_order_nothing_is_done(tmp_path: Path) -> None:
    script = answering(
        tmp_path, '{ orders = { { side = "buy", qty = "1" }, { side = "up", qty = 0.5 } } }'
    )
    assert script.quote() == []
    (told,) = script.desk.told
    assert told.startswith("on_quote: nothing is done: orders.1.order.side: Input should be")
    assert "expected a decimal as text, got 0.5" in told


def test_the_script_begins_with_the_past_of_each_symbol(tmp_path: Path) -> None:
    script = Scripted(tmp_path, """
        function on_start(call)
          return { notes = { call.symbol .. " " .. #call.history } }
        end""", history=2)
    for price in (1, 2, 3):
        script.desk.close_at(price)
    assert list(script.strategy.on_start(script.desk)) == []
    assert script.desk.told == ["SPY 2", "IBM 0"]
    digest = hashlib.sha256(script.file.read_bytes()).hexdigest()[:16]
    assert script.desk.began == [f"runs script.lua, sha256 {digest}"]


def test_fills_and_the_timer_reach_the_script(tmp_path: Path) -> None:
    script = Scripted(tmp_path, """
        function on_fill(call) return { notes = { call.fill.qty .. "@" .. call.fill.px } } end
        function on_timer(call) return { notes = { call.event .. call.symbol } } end""")
    assert list(script.strategy.on_fill("IBM", Decimal(-2), Decimal("7.50"), script.desk)) == []
    assert list(script.strategy.on_timer(script.desk)) == []
    assert script.desk.told == ["-2@7.5", "timerSPY", "timerIBM"]


def test_chance_comes_from_the_call_and_outlives_the_process(tmp_path: Path) -> None:
    script = answering(tmp_path, '{ notes = { tostring(math.random(1 << 60)) } }')
    script.quote()
    script.strategy._end()
    script.quote()
    script.desk.open = 1
    script.quote()
    assert script.desk.told[0] == script.desk.told[1] != script.desk.told[2]


def test_a_process_killed_from_outside_is_a_failure_and_the_next_call_has_a_new_one(
    tmp_path: Path,
) -> None:
    script = answering(tmp_path, '{ orders = { { side = "buy", qty = "1" } } }')
    assert len(script.quote()) == 1
    os.kill(before := script.process, signal.SIGKILL)
    with pytest.raises(ScriptFailed, match=r"script\.lua: it ended by itself, code -9"):
        script.quote()
    assert len(script.quote()) == 1
    assert script.process != before


def test_a_script_that_cannot_be_read_says_its_line_each_time(tmp_path: Path) -> None:
    script = Scripted(tmp_path, "local x = 1\nfunction on_quote(\n")
    for _ in range(2):
        with pytest.raises(ScriptFailed, match=r"script\.lua:3: <name> or"):
            script.quote()


@pytest.mark.parametrize(("content", "told"), [
    (None, "No such file"), (b"-" * 1025, "is longer than 1 kB"), (b"\xff", "is no UTF-8 text"),
])
def test_a_file_that_is_no_script_stops_the_start(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    file = tmp_path / "script.lua"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ValueError, match=told):
        LuaStrategy(
            LuaSettings(file=file, source_kb_max=1), strategy_id="lua", symbols=["SPY"]
        )


def test_a_strategy_that_is_forgotten_leaves_no_process(tmp_path: Path) -> None:
    script = answering(tmp_path, "{}")
    script.quote()
    process = script.process
    del script
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.parametrize(("program", "told"), [
    ("import time; time.sleep(60)", "no answer in time"),
    ("import os\nwhile True: os.write(1, b'x' * 65536)", "more than 262144 bytes"),
    ("raise SystemExit(3)", "it ended by itself, code 3"),
    ("import os, time; os.close(1); time.sleep(60)", "it ended by itself, code -9"),
    ("import os, time; os.write(1, b'no line'); time.sleep(60)", "no answer in time"),
])
def test_a_process_that_does_not_answer_is_ended(program: str, told: str) -> None:
    process = Responder((sys.executable, "-I", "-c", program))
    with pytest.raises(ResponderEnded, match=told):
        process.ask(b"{}", 1)
    with pytest.raises(ProcessLookupError):
        os.kill(process._process.pid, 0)


def test_a_question_that_is_not_read_is_waited_for_no_longer_than_an_answer() -> None:
    process = Responder((sys.executable, "-I", "-c", "import time; time.sleep(60)"))
    with pytest.raises(ResponderEnded, match="no answer in time"):
        process.ask(b"x" * 1_000_000, 0.2)


@pytest.mark.parametrize("said", ["garbage", "[]", "[" * 100_000, '{"a": 1}\\n{"b": 2}'])
def test_an_answer_that_is_no_object_ends_the_process(
    tmp_path: Path, said: str
) -> None:
    script = answering(tmp_path, "{}")
    script.quote()
    program = f"input(); print('{said}', flush=True); input()"
    script.strategy._process = Responder((sys.executable, "-I", "-c", program))
    with pytest.raises(ScriptFailed, match=r"script\.lua: what it answered is no JSON object"):
        script.strategy._ask({}, 5)
    assert script.strategy._process is None


def test_the_script_of_the_page_buys_a_dip_and_the_page_shows_a_true_call(tmp_path: Path) -> None:
    page = PAGE.read_text()
    (source,) = re.findall(r"```lua\n(.*?)```", page, re.DOTALL)
    (shown,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    script = Scripted(tmp_path, source, params={"dip": "0.002"})
    asked: list[Any] = []
    for price in ("500", "499.50", "498.90"):
        asked += script.strategy.on_bar(script.desk.close_at(price), script.desk)
    assert [order.order_qty for order in asked] == [Decimal(10)]
    assert script.desk.told == ["bought a dip in SPY"]
    assert script.desk.figures == {"high": Decimal(500)}
    assert set(json.loads(shown)) == {
        "event", "strategy", "now", "symbol", "is_open", "working", "position", "resting",
        "params", "bar",
    }


@pytest.mark.fault(97)
def test_a_script_reaches_this_and_nothing_else(tmp_path: Path) -> None:
    script = Scripted(tmp_path, """
        function on_quote(call)
          local found = {}
          for name, value in pairs(_ENV) do
            if type(value) ~= "table" then found[#found + 1] = name end
            for inner in pairs(type(value) == "table" and value or {}) do
              found[#found + 1] = name .. "." .. inner
            end
          end
          return { notes = found }
        end""".replace("notes = found", """notes = {
          table.concat(found, " ", 1, 20), table.concat(found, " ", 21, 40),
          table.concat(found, " ", 41, 60), table.concat(found, " ", 61, #found) }"""))
    script.quote()
    assert " ".join(script.desk.told).split() == REACHED.split()


def test_a_percent_sign_before_a_p_is_no_address(tmp_path: Path) -> None:
    script = answering(tmp_path, '{ notes = { string.format("%d%%p%s", 5, nil) } }')
    script.quote()
    assert script.desk.told == ["5%pnil"]


@pytest.mark.fault(96)
@pytest.mark.parametrize(("deed", "trouble"), [
    ("open('/etc/passwd')", "OSError: [Errno 24]"),
    ("socket.socket()", "OSError: [Errno 24]"),
    ("os.write(spare, b'x')", "OSError: [Errno 27]"),
    ("bytearray(200 << 20)", "MemoryError: "),
])
def test_what_the_worker_gave_up_it_cannot_do(tmp_path: Path, deed: str, trouble: str) -> None:
    program = f"""
import os, runpy, signal, socket
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
spare = os.open({str(tmp_path / "file")!r}, os.O_CREAT | os.O_WRONLY)
runpy.run_path({str(WORKER)!r})["give_up"](8)
try:
    {deed}
    print("done")
except Exception as error:
    print(f"{{type(error).__name__}}: {{error}}")
"""
    told = subprocess.run(
        (sys.executable, "-I", "-c", program), capture_output=True, text=True, check=True
    ).stdout
    assert told.startswith(trouble)
