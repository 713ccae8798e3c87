"""How is a data directory kept safe? One file that a daemon can begin again from."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tradebot.cli import flags, place, show
from tradebot.cli.outcome import Exit, Stop
from tradebot.cli.reading import see_that_there_is_one

if TYPE_CHECKING:
    from tradebot.shell.copies.archive import Manifest

T = TypeVar("T")


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "backup", "tradebot.cli.copies:backup")
    parser.add_argument("file", nargs="?", type=Path, default=Path(), metavar="FILE",
                        help="where to; in a directory it is named by time and last decision"
                        " (default: the working directory)")
    parser.add_argument("--verify", type=Path, metavar="FILE",
                        help="make none, but read this one to its end")
    parser.add_argument("--keep", type=_count, metavar="N",
                        help="afterwards delete all but the newest N in that directory")
    flags.takes_place(parser)
    parser = flags.verb(verbs, "restore", "tradebot.cli.copies:restore")
    parser.add_argument("file", type=Path, metavar="FILE", help="a backup")
    parser.add_argument("--to", type=Path, metavar="DIR",
                        help="the data directory to make (default: the configured one)")
    flags.takes_place(parser)


def backup(args: argparse.Namespace) -> int:
    from tradebot.shell.clock import WallClock
    from tradebot.shell.copies import keep

    if args.verify is not None:
        return _show(args, "good", args.verify, _told(lambda: keep.check(args.verify)))
    if args.keep is not None and not args.file.is_dir():
        raise Stop(Exit.USAGE, f"--keep: expected a directory of backups, got {args.file}")
    home = place.home(args)
    see_that_there_is_one(home)
    path, made = _told(lambda: keep.make(home, args.file, WallClock().now()))
    if args.keep is not None:
        keep.prune(args.file, args.keep)
    return _show(args, "backed up", path, made)


def restore(args: argparse.Namespace) -> int:
    from tradebot.shell.copies import restore as copies

    home = args.to if args.to is not None else place.home(args)
    return _show(args, "restored", home, _told(lambda: copies.restore(args.file, home)))


def _told(call: Callable[[], T]) -> T:
    """Make a call; what goes wrong is one sentence and an exit code."""
    from tradebot.shell.copies.archive import BadArchive, Changed
    from tradebot.shell.copies.cut import NoQuietMoment
    from tradebot.shell.copies.restore import NoRoom
    from tradebot.shell.journal.damage import JournalDamaged
    from tradebot.shell.journal.lock import DataDirInUse

    try:
        return call()
    except JournalDamaged as error:
        raise Stop(Exit.LEDGER_BAD, f"the journal is damaged: {error}") from None
    except DataDirInUse as error:
        raise Stop(Exit.DATA_DIR_IN_USE, str(error)) from None
    except (BadArchive, Changed, NoQuietMoment, NoRoom) as error:
        raise Stop(Exit.FAILED, str(error)) from None


def _show(args: argparse.Namespace, what: str, path: Path, found: "Manifest") -> int:
    if args.json:
        show.document({
            "path": str(path), "seq": found.seq, "hash": found.hash, "created": found.created,
            "made_by": found.made_by, "files": len(found.files), "bytes": found.size,
        })
    else:
        told = f"{what}: {path}, to decision {found.seq} ({len(found.files)} files,"
        show.line(show.clean(f"{told} {found.size} bytes)"))
    return Exit.DONE


def _count(text: str) -> int:
    found = int(text) if text.isascii() and text.isdigit() else 0
    if not 0 < found <= 10_000:
        raise argparse.ArgumentTypeError(f"expected a number of backups, got {text!r}")
    return found
