"""How does a program run under what a unit takes away, where no systemd is to take it? Run as root.

Mounts, capabilities, limits, the user and the filter of system calls come from the unit's own
lines. `python confined.py UNIT STATE_DIR OPEN_DIRS -- PROGRAM ...`
"""

import ctypes
import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

NOBODY = 65534
STATE = Path("/mnt/state")
_NEWNS, _PRIVATE_REC = 0x20000, 0x4000 | 0x40000
_NO_NEW_PRIVS, _MDWE, _MDWE_REFUSE = 38, 65, 1
_ALLOW = 0x7FFF0000
_DENY = 0x00050000 | errno.EPERM
_LIBC = ctypes.CDLL(None, use_errno=True)


def settings(unit: Path) -> Iterator[tuple[str, str]]:
    for line in unit.read_text(encoding="utf-8").splitlines():
        name, is_there, value = line.partition("=")
        if is_there and not line.startswith(("#", ";")):
            yield name.strip(), value.strip()


def members(name: str) -> set[str]:
    """Name the system calls of a set, as this system's own tool lists them."""
    if not name.startswith("@"):
        return {name}
    listed = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True
    )
    words = [line.strip() for line in listed.stdout.splitlines()[1:]]
    return set().union(*(members(word) for word in words if word and not word.startswith("#")))


def calls(lines: Sequence[str]) -> set[str]:
    """Return what is allowed after all the lines, the first of which allows."""
    found: set[str] = set()
    for line in lines:
        named = set().union(*(members(word) for word in line.lstrip("~").split()))
        found = found - named if line.startswith("~") else found | named
    return found


def filter_calls(allowed: set[str], last_family: int) -> None:
    lib = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    lib.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(lib.seccomp_init(_DENY))
    for name in sorted(allowed - {"socket"}):
        number = lib.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            assert lib.seccomp_rule_add(context, _ALLOW, number, 0) == 0, name

    class Compared(ctypes.Structure):
        _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64),
                    ("b", ctypes.c_uint64))

    number = lib.seccomp_syscall_resolve_name(b"socket")
    for family in (1, 2, last_family):
        rule = (Compared * 1)(Compared(0, 4, family, 0))  # 4: is equal
        assert lib.seccomp_rule_add_array(context, _ALLOW, number, 1, rule) == 0
    assert lib.seccomp_load(context) == 0, os.strerror(ctypes.get_errno())


def mounts(state: Path, opened: Sequence[Path]) -> None:
    """Make all read-only but the state and a temporary directory; open what root's home closes."""
    if _LIBC.unshare(_NEWNS) != 0 or _LIBC.mount(b"none", b"/", None, _PRIVATE_REC, None) != 0:
        raise OSError(ctypes.get_errno(), "no namespace of mounts")

    def mount(*words: str) -> None:
        subprocess.run(["mount", *words], check=True)

    kept = STATE.parent
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", str(kept))
    for number, path in enumerate(opened):
        (kept / str(number)).mkdir()
        mount("--rbind", str(path), str(kept / str(number)))
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/root")
    for number, path in enumerate(opened):
        path.mkdir(parents=True, exist_ok=True)
        mount("--rbind", str(kept / str(number)), str(path))
    STATE.mkdir()
    mount("--bind", str(state), str(STATE))
    mount("-o", "remount,bind,ro", "/")
    for path in (kept, *opened):
        mount("-o", "remount,bind,ro", str(path))


def main(unit: Path, state: Path, opened: Sequence[Path], program: Sequence[str]) -> None:
    said = dict(settings(unit))
    filters = [value for name, value in settings(unit) if name == "SystemCallFilter"]
    allowed = calls(filters)
    assert said["RestrictAddressFamilies"] == "AF_UNIX AF_INET AF_INET6"
    mounts(state, opened)
    resource.setrlimit(resource.RLIMIT_CORE, (int(said["LimitCORE"]),) * 2)
    tasks = int(said["TasksMax"])
    os.umask(int(said["UMask"], 8))
    for capability in range(41):
        _LIBC.prctl(24, capability, 0, 0, 0)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    resource.setrlimit(resource.RLIMIT_NPROC, (tasks, tasks))
    os.chdir(STATE)
    environ = {
        "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "STATE_DIRECTORY": str(STATE),
        "INVOCATION_ID": "0", **{k: v for k, v in os.environ.items() if k.startswith("NOTIFY_")},
    }
    assert _LIBC.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    if _LIBC.prctl(_MDWE, _MDWE_REFUSE, 0, 0, 0) != 0:
        sys.stderr.write("this kernel cannot refuse memory that is written and executed\n")
    filter_calls(allowed, 10)
    os.execve(program[0], program, environ)


if __name__ == "__main__":
    at = sys.argv.index("--")
    main(Path(sys.argv[1]), Path(sys.argv[2]), [*map(Path, sys.argv[3:at])], sys.argv[at + 1 :])
