"""Is this release fit to trade? And is the machine that it runs on?"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tradebot.cli import flags, place, show
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from tradebot.shell.checks.checks import Checked

_COLUMNS: Final = {"check": "CHECK", "result": "RESULT", "ms": "MS", "says": ""}
_READY: Final = {"fail": 2, "warn": 1}
_PAINT: Final = ("good", "warn", "bad")


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "release-check", "tradebot.cli.release_check:release_check")
    flags.takes_config(parser)
    parser.add_argument("--quick", action="store_true",
                        help="do not decide the journal again; under two seconds")
    parser.add_argument("--tests", metavar="FILE",
                        help="a JUnit report, to stand beside the checks in ci_metrics.json")
    flags.takes_json(parser)


def release_check(args: argparse.Namespace) -> int:
    from tradebot.cli.dry_run import trade
    from tradebot.shell.checks.checks import worst
    from tradebot.shell.checks.release_check import ReleaseCheck
    from tradebot.shell.clock import WallClock

    tests = _summary(args.tests)
    check = ReleaseCheck(lambda: place.read(args), trade, WallClock(), is_quick=args.quick)
    found = check.run()
    code = _READY.get(worst(found).value, 0)
    took_ms = round(sum(checked.took_ms for checked in found))
    told = {0: "ready", 1: "ready, with warnings", 2: "not ready"}[code]
    run = {"exit": code, "took_ms": took_ms, "checks": rows(found)}
    _keep(check.data_dir, {"source": "release-check", **run, "tests": tests})
    if args.json:
        show.document({"ready": code != Exit.USAGE, **run})
    else:
        tell(found)
        show.line(show.painted(f"{told}; it took {took_ms / 1000:.1f} s", _PAINT[code]))
    return code


def _summary(path: str | None) -> dict[str, Any] | None:
    from tradebot.shell.told.ci_metrics import summary_of_tests

    try:
        return None if path is None else summary_of_tests(Path(path))
    except (OSError, ValueError) as error:
        raise Stop(Exit.USAGE, f"--tests: {error}") from None


def _keep(data_dir: Path | None, run: dict[str, Any]) -> None:
    """Put the run beside the others, where telemetry is kept already; else leave nothing behind."""
    from tradebot.shell.told import ci_metrics

    if data_dir is None or not (data_dir / ci_metrics.PLACE).parent.is_dir():
        return
    try:
        ci_metrics.add(data_dir, run)
    except OSError as error:
        show.note(f"{data_dir / ci_metrics.PLACE} was not written: {error.strerror}")


def rows(found: "list[Checked]") -> list[dict[str, object]]:
    return [
        {"check": c.name, "result": c.word.value, "ms": c.took_ms, "says": c.said} for c in found
    ]


def tell(found: "list[Checked]") -> None:
    show.table(rows(found), _COLUMNS, "nothing was checked")
