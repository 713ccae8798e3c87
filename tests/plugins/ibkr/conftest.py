"""What do all tests of IBKR share? A gateway that takes messages as fast as they come."""

import pytest


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tradebot.plugins.ibkr.connection.APART_S", 0.0005)
