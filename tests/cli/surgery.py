"""Where does a doctor look at one broker? At home, beside a server that speaks its protocol."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tradebot.cli.main import main

Out = pytest.CaptureFixture[str]


class Surgery:
    """A configuration with one route, and a doctor who looks at it from a thread of his own."""

    def __init__(self, home: Path, out: Out) -> None:
        self._path = home / "c.yaml"
        self._out = out

    async def look(self, kind: str = "paper", **route: Any) -> tuple[int, dict[str, Any]]:
        self._path.touch(0o600)
        self._path.write_text(yaml.safe_dump({
            "mode": "paper", "data_dir": str(self._path.parent / "data"),
            "brokers": {"main": {"kind": kind, **route}},
        }))
        words = ["doctor", "--config", str(self._path), "--broker", "main", "--json"]
        code = await asyncio.to_thread(main, words)
        told = json.loads(self._out.readouterr().out)
        told["checks"] = {row["check"]: row for row in told["checks"]}
        return code, told


def results(told: Mapping[str, Any]) -> dict[str, str]:
    return {name: row["result"] for name, row in told["checks"].items()}
