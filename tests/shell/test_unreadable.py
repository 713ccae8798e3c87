"""Can another process of our user read what this one was begun with?"""

import os
import shutil
import subprocess
import sys

import pytest

from tradebot.shell.unreadable import take

LOOKS = """
import os, sys
from pathlib import Path
from tradebot.shell.unreadable import close_process
assert close_process()
child = os.fork()
if child == 0:
    for name in ("environ", "mem", "maps"):
        try:
            Path(f"/proc/{os.getppid()}/{name}").open("rb").read(64)
        except OSError:
            continue
        os._exit(1)
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
AS_ANYBODY = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.getuid() == 0 else ()


def test_what_is_ours_is_taken_out_of_the_environment() -> None:
    environ = {
        "TRADEBOT_LANGUAGE__API_KEY": "hush", "EMO_EXECUTION_MODE": "mock", "PATH": "/bin",
        "TRADEBOT_TEST_FAULT": "x", "CREDENTIALS_DIRECTORY": "/run/c",
    }
    before = dict(environ)
    assert take(environ) == before
    assert sorted(environ) == ["CREDENTIALS_DIRECTORY", "PATH", "TRADEBOT_TEST_FAULT"]


@pytest.mark.skipif(
    sys.platform != "linux" or (os.getuid() == 0 and shutil.which("setpriv") is None),
    reason="needs Linux, and setpriv to give up rights",
)
def test_nobody_of_our_user_reads_memory_or_environment() -> None:
    done = subprocess.run(
        [*AS_ANYBODY, sys.executable, "-c", LOOKS], env={**os.environ, "TRADEBOT_SEED": "7"},
        capture_output=True, text=True, timeout=30, check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
