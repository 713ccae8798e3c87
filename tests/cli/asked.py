"""How does a test type a verb? In this process, with the data directory that it means."""

import json
from pathlib import Path
from typing import Any

import pytest

from tradebot.cli.main import main

Out = pytest.CaptureFixture[str]


def told(out: Out, home: Path, *words: str) -> tuple[int, str, str]:
    code = main([*words, "--data-dir", str(home)])
    said = out.readouterr()
    return code, said.out, said.err


def document(out: Out, home: Path, *words: str) -> tuple[int, dict[str, Any]]:
    code, said, _ = told(out, home, *words, "--json")
    return code, json.loads(said)
