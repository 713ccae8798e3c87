"""What must lie where, and what be called, so that systemd runs us? Only thought out here."""

import hashlib
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

_SHIPPED: Final = Path(__file__).resolve().parents[2] / "packaging" / "systemd"
_OPT: Final = "/opt/tradebot"
_CONFIGURED: Final = {
    True: "/etc/tradebot/config.paper.yaml", False: "%E/tradebot/config.paper.yaml",
}
_BACKUPS: Final = "/var/backups/tradebot"
_STAMP: Final = re.compile(r"# Written by `tradebot service install`; sum ([0-9a-f]{32})\n")
_PLAIN: Final = re.compile(r"/[\w.+/-]*", re.ASCII)
# Where the system's unit sees nothing: ProtectHome, PrivateTmp.
_HIDDEN: Final = tuple(map(Path, ("/home", "/root", "/run/user", "/tmp", "/var/tmp")))


@dataclass(frozen=True, slots=True)
class Folder:
    path: Path
    mode: int


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file; one that is ours is renewed as long as nobody else wrote in it."""

    path: Path
    text: str
    mode: int
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Invocation:
    words: tuple[str, ...]


Step: TypeAlias = Folder | WrittenFile | Invocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """For whom it is installed, and where things lie there; `root` is what is taken for /."""

    is_system: bool
    root: Path
    executable: Path
    config: Path
    data_dir: Path
    unit_dir: Path

    @classmethod
    def of_system(cls, root: Path, executable: Path) -> "Site":
        return cls(
            is_system=True, root=root, executable=executable,
            config=Path(_CONFIGURED[True]), data_dir=Path("/var/lib/tradebot"),
            unit_dir=Path("/etc/systemd/system"),
        )

    @classmethod
    def of_user(cls, root: Path, executable: Path, environ: Mapping[str, str]) -> "Site":
        home = Path(environ["HOME"])
        config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
        state = Path(environ.get("XDG_STATE_HOME") or home / ".local" / "state")
        return cls(
            is_system=False, root=root, executable=executable,
            config=config / "tradebot" / "config.paper.yaml", data_dir=state / "tradebot",
            unit_dir=config / "systemd" / "user",
        )

    def at(self, path: Path) -> Path:
        """Say where a path lies below what is taken for the root."""
        return self.root / path.relative_to("/")

    def systemctl(self, *words: str) -> Invocation:
        which = () if self.is_system else ("--user",)
        below = () if self.root == Path("/") else (f"--root={self.root}",)
        return Invocation(("systemctl", *which, *below, *words))

    @property
    def units(self) -> tuple[str, ...]:
        """Name the units, first the one that is the daemon."""
        more = ("tradebot-backup.service", "tradebot-backup.timer") if self.is_system else ()
        return ("tradebot.service", *more)

    @property
    def enabled(self) -> tuple[str, ...]:
        """Name those that systemd begins by itself; the timer begins the backup."""
        return tuple(name for name in self.units if name != "tradebot-backup.service")


def objection(site: Site) -> str:
    """Say why a unit could not run this executable, or nothing."""
    python = Path(sys.executable)
    for path in (site.executable, site.config, python, python.resolve()):
        if not _PLAIN.fullmatch(str(path)):
            return f"{path}: expected a path of letters, digits and ._+-/ for a unit"
        if site.is_system and any(path.is_relative_to(hidden) for hidden in _HIDDEN):
            return (f"{path}: the service sees no home and no temporary directory;"
                    f" install tradebot elsewhere: python3 -m venv {_OPT}")
    return ""


def install(site: Site, starters: Mapping[str, str]) -> Iterator[Step]:
    """Yield what to do, in order. `starters` are a first configuration's files by name."""
    is_here = site.root == Path("/")
    own = 0o750 if site.is_system else 0o700
    yield Folder(site.at(site.config.parent), own)
    yield Folder(site.at(site.config.parent / "credentials"), 0o700)
    for name, text in starters.items():
        here = text.replace("\ndata_dir: data/paper\n", f"\ndata_dir: {site.data_dir}\n")
        mode = own & 0o666
        yield WrittenFile(site.at(site.config.with_name(name)), here, mode, is_ours=False)
    yield Folder(site.at(site.unit_dir), 0o755)
    for name in site.units:
        yield WrittenFile(site.at(site.unit_dir / name), unit(site, name), 0o644, is_ours=True)
    if site.is_system:
        sysusers = site.at(Path("/etc/sysusers.d/tradebot.conf"))
        yield Folder(sysusers.parent, 0o755)
        yield WrittenFile(sysusers, stamped(_shipped("tradebot.sysusers")), 0o644, is_ours=True)
        yield Folder(site.at(Path(_BACKUPS)), 0o700)
    if site.is_system and is_here:
        yield Invocation(("systemd-sysusers", str(sysusers)))
        configured = [str(site.config.with_name(name)) for name in starters]
        yield Invocation(("chgrp", "tradebot", str(site.config.parent), *configured))
        yield Invocation(("chown", "tradebot:tradebot", _BACKUPS))
    if is_here:
        yield site.systemctl("daemon-reload")
    yield site.systemctl("enable", *site.enabled)


def unit(site: Site, name: str) -> str:
    """Return a unit with the paths of this machine."""
    shipped = name if site.is_system else name.replace(".service", "-user.service")
    text = _shipped(shipped)
    prefixes = dict.fromkeys((sys.prefix, sys.base_prefix))
    for placeholder, here in (
        (f"{_OPT}/bin/tradebot", str(site.executable)), (_CONFIGURED[True], str(site.config)),
        (_CONFIGURED[False], str(site.config)), (_OPT, " ".join(prefixes)),
    ):
        text = text.replace(placeholder, here)
    return stamped(text)


def stamped(text: str) -> str:
    """Put a sum in front, by which we know our own words again."""
    return f"# Written by `tradebot service install`; sum {_sum(text)}\n{text}"


def is_untouched(text: str) -> bool:
    """Tell whether a file of ours still says what we wrote."""
    found = _STAMP.match(text)
    return found is not None and found[1] == _sum(text[found.end():])


def _sum(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _shipped(name: str) -> str:
    return (_SHIPPED / name).read_text(encoding="utf-8")
