"""The one way to disk: a file is there whole, or the one before it is.

1. Bytes are written beside the target, made durable and moved into place in one step.
2. Nothing is written where somebody has the target open or has marked it as not to be changed.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from evalkit.errors import OutputError

ANY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def replace_file(path: str | Path, content: bytes) -> None:
    """Write bytes beside the target and move them into place.

    Raises
    ------
    OutputError
        If the target is open or read-only, or the folder or the file cannot be written; another name is
        suggested.
    """
    target = Path(os.path.realpath(path))
    _refuse_if_taken(target)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except PermissionError as error:
        raise OutputError(
            f"{target.name} could not be written. If it is open in Excel, close it and run again; otherwise "
            f"choose another folder, or another name such as {_other_name(target)}."
        ) from error
    except OSError as error:
        raise OutputError(f"{target.name} could not be written: {error.strerror or error}.") from error
    finally:
        _discard(temporary)


def _refuse_if_taken(target: Path) -> None:
    if target.is_dir():
        raise OutputError(f"{target.name} could not be written: it is a folder. Choose the name of a file.")
    other = _other_name(target)
    locks = (target.with_name(f"~${target.name}"), target.with_name(f".~lock.{target.name}#"))
    if any(lock.exists() for lock in locks):
        raise OutputError(
            f"{target.name} could not be written: it is open in another program. Close it and run again, or "
            f"choose another name, such as {other}."
        )
    if target.exists() and not target.stat().st_mode & ANY_WRITE:
        raise OutputError(
            f"{target.name} could not be written: it is read-only. Choose another name, such as {other}, or "
            "allow changes to it."
        )


def _other_name(target: Path) -> str:
    """A name beside the target that is free."""
    number = 2
    while target.with_stem(f"{target.stem}-{number}").exists():
        number += 1
    return f"{target.stem}-{number}{target.suffix}"


def _discard(temporary: Path) -> None:
    try:
        temporary.unlink(missing_ok=True)
    except OSError:  # the folder is gone or may not be changed; what went wrong is already on its way
        return
