"""Is the image built of what is there, and does what runs in it hold as little as it can?"""

import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "src" / "tradebot" / "packaging" / "container"
DOCKERFILE = PLACE / "Dockerfile"


def instructions() -> list[tuple[str, list[str]]]:
    """Return what the Dockerfile says, its continued lines joined."""
    text = DOCKERFILE.read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    parted = (line.partition(" ") for line in lines)
    return [(word, shlex.split(rest, comments=False)) for word, _, rest in parted]


def composed() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load((PLACE / "compose.yaml").read_text())
    return found["services"]


def said(word: str) -> list[list[str]]:
    return [rest for name, rest in instructions() if name == word]


def test_what_is_copied_is_there_and_let_in() -> None:
    let_in = {
        line[1:] for line in (PLACE / "Dockerfile.dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    sources = [path for words in said("COPY") if "--from=build" not in words for path in words[:-1]]
    assert len(sources) > 5
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source.split("/")[0] in let_in, f"{source} is not sent to the build"
    assert let_in == {source.split("/")[0] for source in sources}, "more is sent than is copied"


def test_only_what_the_locks_know_is_installed() -> None:
    run = " ".join(word for words in said("RUN") for word in words)
    fetching = run.count(" install ") - run.count("--no-index") - run.count("install -d")
    assert fetching == run.count("--require-hashes") == 2
    assert not said("ADD") and "curl" not in run and "apt-get" not in run


def test_it_runs_as_nobody_in_particular_and_says_how_it_is() -> None:
    words = [name for name, _ in instructions()]
    assert said("USER") == [["10001:10001"]]
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert said("STOPSIGNAL") == [["SIGTERM"]] and "HEALTHCHECK" in words
    assert said("VOLUME") == [["/var/lib/tradebot"]]
    assert all("secret" not in str(said(name)).lower() for name in ("ENV", "ARG"))


@pytest.mark.parametrize("name", composed())
def test_a_service_holds_no_more_than_it_needs(name: str) -> None:
    service = composed()[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    for port in service.get("ports", ()):
        assert port.startswith("127.0.0.1:"), "the machine alone is let in"
    for volume in service["volumes"]:
        source = volume.split(":")[0]
        assert not source.startswith(".") or (PLACE / source).exists(), source


def test_the_daemon_gets_as_long_and_as_much_as_its_unit_gives_it() -> None:
    daemon = composed()["tradebot"]
    assert daemon["read_only"] and daemon["user"] == "10001:10001"
    unit = (PLACE.parent / "systemd" / "tradebot.service").read_text()
    assert f"TasksMax={daemon['pids_limit']}\n" in unit
    assert f"MemoryMax={daemon['mem_limit'].upper()}\n" in unit
    assert f"TimeoutStopSec={daemon['stop_grace_period'].removesuffix('s')}\n" in unit
    assert (PLACE / daemon["build"]["context"]).resolve() == ROOT
    assert ROOT / daemon["build"]["dockerfile"] == DOCKERFILE


def has_engine() -> bool:
    if shutil.which("docker") is None:
        return False
    asked = subprocess.run(["docker", "info"], capture_output=True, check=False, timeout=20)
    return asked.returncode == 0


@pytest.mark.skipif(not has_engine(), reason="needs docker")
def test_the_image_is_built_and_trades_an_hour_without_a_network() -> None:
    build = ["docker", "build", "--quiet", "--file", str(DOCKERFILE), str(ROOT)]
    image = subprocess.run(build, capture_output=True, text=True, check=True, timeout=280)
    ran = subprocess.run(
        ["docker", "run", "--rm", "--read-only", "--cap-drop=ALL", "--network=none",
         "--security-opt=no-new-privileges", "--tmpfs=/tmp", image.stdout.strip(), "run",
         "--config", "/etc/tradebot/config.paper.yaml", "--rehearse", "--speed", "max",
         "--start", "2026-11-24T14:25:00Z", "--until", "2026-11-24T15:30:00Z"],
        capture_output=True, text=True, check=False, timeout=60,
    )
    assert ran.returncode == 0 and "TradeBooked" in ran.stdout, ran.stderr
