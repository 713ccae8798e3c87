"""How does somebody begin? With a commented configuration and policy; nothing is overwritten.

Their schemas lie beside them, for editors.
"""

import argparse
from pathlib import Path
from typing import Final

from tradebot.cli import flags, show
from tradebot.cli.outcome import Exit, Stop

_POLICY: Final = "policy.yaml"
_BROKERS: Final = ("paper", "alpaca", "ibkr")
_USUAL: Final = "config.paper.yaml"
_PACKAGE: Final = Path(__file__).resolve().parents[1]
_STARTERS: Final = (_PACKAGE / "starter", _PACKAGE.parents[1] / "config")  # installed, or a clone


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "init", "tradebot.cli.init:init")
    parser.add_argument("directory", nargs="?", type=Path, default=Path(), metavar="DIR",
                        help="where config/ is made; default: the working directory")
    parser.add_argument("--broker", choices=_BROKERS, default="paper",
                        help="whose orders it is to begin with (default: paper)")
    flags.takes_json(parser)


def init(args: argparse.Namespace) -> int:
    target, first = args.directory / "config", f"config.{args.broker}.yaml"
    texts = {target / name: text for name, text in starters(first).items()}
    taken = [str(path) for path in texts if path.exists() or path.is_symlink()]
    if taken:
        raise Stop(Exit.FAILED, f"nothing was written over {', '.join(taken)};"
                   " name another directory: tradebot init DIR")
    target.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        with path.open("x", encoding="utf-8") as file:  # refuses whoever came in between
            file.write(text)
    if args.json:
        show.document({"written": [str(path) for path in texts]})
        return Exit.DONE
    for path in texts:
        show.line(f"wrote {path}")
    show.line(f"next: tradebot run --config {target / first} --rehearse")
    return Exit.DONE


def starters(first: str = _USUAL) -> dict[str, str]:
    """Return the files of a first configuration, with what editors want to know of them."""
    from tradebot.shell.settings.schema import schema_files

    return {**{name: _starter(name) for name in (first, _POLICY)}, **schema_files()}


def _starter(name: str) -> str:
    found = next((path for path in _STARTERS if (path / name).is_file()), None)
    if found is None:
        raise Stop(Exit.FAILED, f"this installation has no {name} to begin with")
    return (found / name).read_text(encoding="utf-8")
