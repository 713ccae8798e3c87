"""Is the data directory ours alone? Made so, made so again, or refused where it is another's."""

import os
import stat
from pathlib import Path


class NotOurs(Exception):
    """Another user's directory, or none that can be; the text says what to do."""


def own(data_dir: Path) -> str:
    """Make it where it is not; return what was open to others and is closed now, or nothing.

    What lies in it is reached only through it: closing it closes all.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = data_dir.stat()
        if found.st_uid != os.geteuid():
            raise NotOurs(
                f"data_dir: expected a directory of user {os.geteuid()}, who runs this, got"
                f" {data_dir} of user {found.st_uid}: run as that one, or chown it"
            )
        mode = stat.S_IMODE(found.st_mode)
        if not mode & 0o077:
            return ""
        data_dir.chmod(0o700)
    except OSError as error:
        text = f"data_dir: expected a directory to write to, got {data_dir}: {error.strerror}"
        raise NotOurs(text) from None
    return f"{data_dir} was open to others ({mode:o}); now it is this user's alone"
