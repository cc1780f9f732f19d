"""The one way to disk: a file is there whole, or the one before it is.

1. Bytes are written beside the target, made durable and moved into place in one step.
2. Nothing is written where somebody has the target open or has marked it as not to be changed.
3. What a killed run left half-written hinders none after it, and is cleared away by one an hour later.
"""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

from evalkit.errors import OutputError

LEFT_OVER = 3600.0  # seconds after which a half-written file belongs to no run any more
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
    refuse_if_taken(target)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))  # who may read and change it stays
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
    _clear_away(target)


def refuse_if_taken(path: str | Path) -> None:
    """Say so if a file cannot be written, as far as that can be known before anything is worked out.

    Raises
    ------
    OutputError
        If the target is a folder, open or read-only, or its folder is not there.
    """
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise OutputError(
            f"{target.name} could not be written: there is no folder {target.parent.name}. Make it first, or "
            "choose another."
        )
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


def _clear_away(target: Path) -> None:
    """Delete what killed runs left beside the target."""
    start, long_ago = f".{target.name}.", time.time() - LEFT_OVER
    try:
        left = [p for p in target.parent.iterdir() if p.name.startswith(start) and p.suffix == ".part"]
        for path in left:
            if path.stat().st_mtime < long_ago:
                _discard(path)
    except OSError:  # a folder that may not be listed; nothing depends on it
        return


def _discard(temporary: Path) -> None:
    try:
        temporary.unlink(missing_ok=True)
    except OSError:  # the folder is gone or may not be changed; what went wrong is already on its way
        return
