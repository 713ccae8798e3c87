"""How does systemd come to run the daemon? Files and calls, shown before or done; nothing lost."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tradebot.cli import flags, init, show
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from tradebot.shell.units.plan import Invocation, Site, Step

_WITHIN_S: Final = 60.0
_RUNS: Final = frozenset({"initializing", "starting", "running", "degraded", "maintenance"})
_SHOWN: Final = (
    "LoadState", "UnitFileState", "ActiveState", "SubState", "MainPID", "NRestarts", "Result",
    "StatusText",
)
_ROOT: Final = Path("/")


def register(verbs: flags.Verbs) -> None:
    actions = flags.noun(verbs, "service")
    for name, does in {
        "install": "write the unit, and a first configuration where none is; starts nothing",
        "uninstall": "stop it and take the unit away; configuration and data stay",
        "status": "show how systemd sees it; exit 3 when it does not run",
    }.items():
        parser = flags.action(actions, name, does, f"tradebot.cli.service:{name}")
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--system", action="store_true", help="of the machine; as root")
        which.add_argument("--user", action="store_true", help="of this user")
        if name != "status":
            parser.add_argument("--dry-run", action="store_true",
                                help="show the files and the commands, and do nothing")
            parser.add_argument("--root", type=Path, default=_ROOT, metavar="DIR",
                                help="take DIR for / (to build an image): no manager is called")
        flags.takes_json(parser)


def install(args: argparse.Namespace) -> int:
    from tradebot.shell.units import plan

    site = _site(args)
    if told := plan.objection(site):
        raise Stop(Exit.FAILED, told)
    if not os.access(site.executable, os.X_OK):
        raise Stop(Exit.FAILED, f"{site.executable} is not there, or cannot be run")
    steps = [*plan.install(site, init.starters())]
    _must_be_good(site.at(site.config))
    if args.dry_run:
        return _show(args, steps)
    _must_run(args, site)
    done = [what for step in steps if (what := _do(step))]
    if args.json:
        show.document({"done": done})
        return Exit.DONE
    for what in done or ["all is there already"]:
        show.line(what)
    start = " ".join(site.systemctl("start", "tradebot").words)
    show.line(f"next: look at {site.config}, then {start}")
    return Exit.DONE


def uninstall(args: argparse.Namespace) -> int:
    from tradebot.shell.units import plan

    site = _site(args)
    is_here = site.root == _ROOT
    stop = site.systemctl("disable", *(("--now",) if is_here else ()), *site.enabled)
    paths = [site.at(site.unit_dir / name) for name in site.units]
    there = [path for path in paths if path.exists()]
    ours = [path for path in there if plan.is_untouched(path.read_text(encoding="utf-8"))]
    ends = [site.systemctl("daemon-reload")] if is_here else []
    if args.dry_run:
        return _show(args, [stop, *ends], [f"delete {path}" for path in ours])
    if there:
        _must_run(args, site)
        _call(stop)
    for path in ours:
        path.unlink()
    for call in ends if there else ():
        _call(call)
    kept = [f"kept {path}: somebody changed it" for path in there if path not in ours]
    told = [f"deleted {path}" for path in ours] + kept or ["nothing is installed"]
    if args.json:
        show.document({"done": told})
    else:
        for line in told:
            show.line(line)
    return Exit.DONE


def status(args: argparse.Namespace) -> int:
    args.root = _ROOT
    site = _site(args)
    _must_run(args, site)
    names = [f"--property={name}" for name in _SHOWN]
    told = _call(site.systemctl("show", "tradebot.service", *names))
    found = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    if args.json:
        show.document({"running": found.get("ActiveState") == "active", **found})
    else:
        show.pairs({name: found[name] for name in _SHOWN if name in found})
    return Exit.DONE if found.get("ActiveState") == "active" else Exit.NOT_RUNNING


def _site(args: argparse.Namespace) -> "Site":
    from tradebot.shell.units.plan import Site

    executable, root = Path(sys.executable).with_name("tradebot"), args.root.absolute()
    if args.system:
        return Site.of_system(root, executable)
    if not os.environ.get("HOME"):
        raise Stop(Exit.USAGE, "--user: HOME says of no user where he lives")
    return Site.of_user(root, executable, os.environ)


def _must_be_good(path: Path) -> None:
    """A configuration that is there must load; a service that cannot start helps nobody."""
    from tradebot.shell.settings import config
    from tradebot.shell.settings.document import ConfigError

    if not path.exists():
        return
    try:
        config.load(path, environ={})
    except ConfigError as error:
        raise Stop(Exit.CONFIG, "\n".join(error.problems)) from None


def _must_run(args: argparse.Namespace, site: "Site") -> None:
    if args.root != _ROOT:
        return
    if args.system and os.geteuid() != 0 and args.call.endswith("install"):
        raise Stop(Exit.FAILED, "only root may change the system's services; --user needs none")
    said = _run(site.systemctl("is-system-running"))
    if said is None or said.stdout.strip() not in _RUNS:
        raise Stop(Exit.FAILED, "systemd does not run here, as in most containers: let the"
                   " container's engine start `tradebot run`, or see --dry-run and --root")


def _do(step: "Step") -> str:
    """Do one step; return what was done, or nothing where all was so already."""
    from tradebot.shell.units.plan import Folder, Invocation

    if isinstance(step, Invocation):
        _call(step)
        return f"ran {' '.join(step.words)}"
    if isinstance(step, Folder):
        if step.path.is_dir():
            return ""
        step.path.mkdir(parents=True)
        step.path.chmod(step.mode)
        return f"made {step.path}"
    return _write(step.path, step.text, step.mode, step.is_ours)


def _write(path: Path, text: str, mode: int, is_ours: bool) -> str:
    from tradebot.shell.units.plan import is_untouched

    found = path.read_text(encoding="utf-8") if path.exists() else None
    if found == text or (found is not None and not is_ours):
        return ""
    target = path
    if found is not None and not is_untouched(found):
        target = path.with_name(f"{path.name}.new")
    begun = target.with_name(f"{target.name}.begun")
    begun.write_text(text, encoding="utf-8")
    begun.chmod(mode)
    begun.replace(target)
    return f"wrote {target}" + ("" if target == path else f": somebody changed {path.name}")


def _call(call: "Invocation") -> str:
    found = _run(call)
    if found is None or found.returncode != 0:
        told = found.stderr.strip() if found is not None else "it is not there, or gave no answer"
        raise Stop(Exit.FAILED, f"{' '.join(call.words)}: {told}")
    return found.stdout


def _run(call: "Invocation") -> "subprocess.CompletedProcess[str] | None":
    try:
        return subprocess.run(
            call.words, capture_output=True, text=True, timeout=_WITHIN_S, check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _show(args: argparse.Namespace, steps: Iterable["Step"], more: Iterable[str] = ()) -> int:
    """Show what would be done; nothing is."""
    from tradebot.shell.units.plan import Folder, Invocation

    rows: list[dict[str, Any]] = []
    for step in steps:
        if isinstance(step, Invocation):
            rows.append({"run": " ".join(step.words)})
        elif isinstance(step, Folder):
            rows.append({"directory": str(step.path), "mode": f"{step.mode:04o}"})
        else:
            rows.append({"file": str(step.path), "mode": f"{step.mode:04o}", "text": step.text,
                         "is_there": step.path.exists()})
    if args.json:
        show.document({"steps": rows, "more": list(more)})
        return Exit.DONE
    for row in rows:
        text = row.pop("text", None)
        show.line("  ".join(f"{name} {value}" for name, value in row.items() if value is not False))
        for line in (text or "").splitlines():
            show.line(f"    {line}".rstrip())
    for line in more:
        show.line(line)
    return Exit.DONE
