"""What did an accepted configuration say? Its files as they were written, a folder a version."""

import json
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from tradebot.core.model.fact import fact
from tradebot.core.model.ids import digest_text
from tradebot.shell.journal.place import MACHINE, replace

FOLDER: Final = "config_versions"
_MANIFEST: Final = "version.json"
_BEGUN: Final = ".begun"


@fact
class ReloadSection:
    """How a configuration that changes on the disk is noticed, and how long versions are kept.

    watch: look for changes; left out, in real time and not in rehearsals
    check_every_s: how often; a change counts once two looks in a row find the same
    versions_max: how many versions keep their files; that in force always does
    """

    watch: bool | None = None
    check_every_s: Annotated[float, Field(ge=0.01)] = 2.0
    versions_max: Annotated[int, Field(ge=1)] = 100


class NotKept(Exception):
    """No files are kept of a version; the text says which."""


class Versions:
    """The files of each version. Its number is the journal's: what is here follows, and may go."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def keep(self, number: int, files: Mapping[Path, bytes]) -> None:
        """Keep the files, whole or not at all; raises OSError.

        What is there under a number that no event names yet is what a crash left behind.
        """
        target = self._of(number)
        begun = target.with_name(target.name + _BEGUN)
        for left in (begun, target):
            if left.exists():
                shutil.rmtree(left)
        MACHINE.make_directory(begun)
        names = {f"{at}-{path.name}": path for at, path in enumerate(files, start=1)}
        for name, path in names.items():
            replace(begun / name, files[path])
        told = {name: str(path.absolute()) for name, path in names.items()}
        replace(begun / _MANIFEST, json.dumps({"number": number, "files": told}).encode())
        begun.rename(target)
        MACHINE.sync_directory(self._directory)

    def files(self, number: int) -> dict[Path, bytes]:
        """Return what each file said, by the path that it was read from; raise NotKept."""
        folder = self._of(number)
        try:
            with MACHINE.reader(folder / _MANIFEST) as file:
                told = json.loads(file.read())["files"]
            return {Path(path): self._read(folder / name) for name, path in told.items()}
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            raise NotKept(f"the files of version {number} are not kept (any more)") from None

    def forget(self, newest: int, *, but: Collection[int]) -> None:
        """Let the oldest go; raises OSError."""
        kept = sorted(
            (int(path.name) for path in self._directory.iterdir() if path.name.isdigit()),
            reverse=True,
        )
        for number in kept[newest:]:
            if number not in but:
                shutil.rmtree(self._of(number))

    def _of(self, number: int) -> Path:
        return self._directory / f"{number:06d}"

    def _read(self, path: Path) -> bytes:
        with MACHINE.reader(path) as file:
            return file.read()


def files_hash(settings_hash: str, files: Mapping[Path, bytes]) -> str:
    """Digest what was read, and what environment and command line made of it; wherever it is."""
    told = [f"{path.name}\0{data.hex()}" for path, data in files.items()]
    return digest_text("config", settings_hash, *told)
