"""How a test writes a configuration and hears what is wrong with it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal

import pytest
from pydantic import Field

from tradebot.core.model.fact import fact
from tradebot.shell.settings import strict_yaml
from tradebot.shell.settings.config import Config, ConfigError, Section, load

NONE: Final[Mapping[str, str]] = MappingProxyType({})
PLAIN: Final = "a plain decimal such as 12.50 (at most 15 digits before and 12 after the point)"


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a directory of the test's own."""
    monkeypatch.chdir(tmp_path)


def a_config(
    text: str, environ: Mapping[str, str] = NONE, *, name: str = "c.yaml",
    overrides: Mapping[str, str] = NONE,
) -> Config:
    path = Path(name)
    path.write_text(text)
    return load(path, environ=environ, overrides=overrides)


def problems(
    text: str, environ: Mapping[str, str] = NONE, *, name: str = "c.yaml",
    overrides: Mapping[str, str] = NONE,
) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        a_config(text, environ, name=name, overrides=overrides)
    return caught.value.problems


def a_section(text: str) -> Section:
    return strict_yaml.parse(text.encode(), "p.yaml")


@fact
class SmaLike:
    """Settings of an example.

    fast: bars of the fast average
    """

    fast: int = 20
    slow: Annotated[int, Field(le=500)] = 50
    order_qty: Decimal = Decimal(10)
    path: Path | None = None
    names: tuple[str, ...] = ()
    weights: Mapping[str, Decimal] = Field(default_factory=dict)
    until: datetime | Literal["close"] | None = None
    is_short: bool = False

    def __post_init__(self) -> None:
        if self.fast >= self.slow:
            raise ValueError(f"fast: expected less than slow ({self.slow}), got {self.fast}")
