"""Do the lock files pin everything that is asked for, and name no place?"""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = (
    "requirements-build.lock", "requirements.lock", "requirements-dev.lock",
    "requirements-legacy.lock",
)
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def pinned(lock: str) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for line in (ROOT / lock).read_text().splitlines():
        match = PIN.match(line)
        if match:
            versions.setdefault(canonicalize_name(match[1]), set()).add(match[2])
    return versions


def asked(lock: str) -> list[Requirement]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    if lock == "requirements-build.lock":
        return [Requirement(line) for line in settings["build-system"]["requires"]]
    project = settings["project"]
    extras = project["optional-dependencies"]
    if lock == "requirements-legacy.lock":
        return [Requirement(line) for line in extras["ibkr-legacy"]]
    lines = [*project["dependencies"]]
    if lock == "requirements-dev.lock":
        lines += [*extras["test"], *extras["dev"]]
    wanted = [Requirement(line) for line in lines]
    return [requirement for requirement in wanted if requirement.name != project["name"]]


@pytest.mark.fault(108)
@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_and_hashes_and_nothing_else(lock: str) -> None:
    strange = [
        line for line in (ROOT / lock).read_text().splitlines()
        if not PIN.match(line) and not HASH.match(line)
    ]
    assert strange == []


@pytest.mark.fault(108)
@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_is_pinned_within_its_range(lock: str) -> None:
    versions = pinned(lock)
    wrong = [
        str(requirement) for requirement in asked(lock)
        if not versions.get(canonicalize_name(requirement.name))
        or not all(
            requirement.specifier.contains(version)
            for version in versions[canonicalize_name(requirement.name)]
        )
    ]
    assert not wrong, "run: python tools/dev.py lock"


def test_what_runs_is_what_is_tested() -> None:
    run, dev = pinned("requirements.lock"), pinned("requirements-dev.lock")
    assert {name: dev.get(name) for name in run} == run
