"""What did a version of the configuration say, and what does another change? No secret is told."""

from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path
from typing import Final

from tradebot.core.ratchet import changes
from tradebot.shell.reload import checked
from tradebot.shell.settings.config import Config
from tradebot.shell.settings.effect import Effect, effect_of
from tradebot.shell.settings.effective import effective
from tradebot.shell.settings.masked import with_secrets, without_secrets
from tradebot.shell.settings.versions import NotKept, Versions
from tradebot.shell.told.redact import hiding
from tradebot.shell.views.configs import Configs, change_rows
from tradebot.shell.views.rows import Plain

_HIDE: Final = hiding(())  # what is kept holds no secret of then; what looks like one is another's


def version_document(configs: Configs, versions: Versions, number: int) -> Plain | None:
    """Tell of a version with the text of its files; None where the journal names none."""
    row = configs.row(number)
    if row is None:
        return None
    try:
        files = versions.files(number)
    except NotKept:
        return {**row, "is_kept": False, "files": []}
    return {**row, "is_kept": True, "files": [
        {"path": str(path), "text": "\n".join(_lines(data))} for path, data in files.items()
    ]}


def compared(latest: Config, versions: Versions, one: int, other: int | None) -> Plain:
    """Tell what a version, or the files of now, change of another; raises NotKept, ConfigError.

    What decides is told with its direction, all else with when it takes effect.
    """
    before = versions.files(one)
    first = checked(latest, with_secrets(before, latest))
    if other is None:
        second = checked(latest)
        after = without_secrets(second)
    else:
        after = versions.files(other)
        second = checked(latest, with_secrets(after, latest))
    return {
        "from": one, "to": other,
        "files": [
            {"path": str(path), "diff": _differing(path, before, after)}
            for path in {**before, **after} if before.get(path) != after.get(path)
        ],
        "changes": change_rows(changes(first.decisive(), second.decisive())),
        "others": _others(first, second),
    }


def _others(before: Config, after: Config) -> list[Plain]:
    """List what differs and decides nothing, or not before the next start."""
    one, other = ({row.key: row.value for row in effective(c)} for c in (before, after))
    return [
        {"key": key, "before": one.get(key), "after": other.get(key), "takes_effect": effect.value}
        for key in {**one, **other}
        if one.get(key) != other.get(key) and (effect := effect_of(key)) is not Effect.DECIDES
    ]


def _differing(path: Path, before: Mapping[Path, bytes], after: Mapping[Path, bytes]) -> str:
    one, other = _lines(before.get(path, b"")), _lines(after.get(path, b""))
    return "\n".join(unified_diff(one, other, lineterm="", n=2))


def _lines(data: bytes) -> list[str]:
    return [_HIDE(line) for line in data.decode(errors="replace").splitlines()]
