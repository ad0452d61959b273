"""Where the program begins: reads the command line, and imports Qt only if a window is wanted."""

from __future__ import annotations

import builtins
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from qbt_remote.local import garbage
from qbt_remote.start import command_line


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; gives the exit code.  ``--add-only`` works where Qt's libraries are missing."""
    options = command_line.parse(sys.argv[1:] if argv is None else argv)
    os.umask(0o077)
    no_core_dumps()
    if options.add_only:
        from qbt_remote.local import log, paths
        from qbt_remote.start.add_only import add_only

        log.setup(paths.log_dir(options.config), options.log_level.upper() or "INFO")
        return add_only(options)
    garbage.put_off()
    import_qt()
    from qbt_remote.start.app import run

    return run(options)


def no_core_dumps() -> None:
    """Keep the memory of a process that crashes, with its passwords, off the disk.

    ``PR_SET_DUMPABLE`` would do more, but the portals then do not let us open files.
    """
    if sys.platform != "win32":
        import resource

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def end(code: int) -> NoReturn:
    """End the process at once: threads blocked in a name look-up or a locked keyring would hold its exit."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # closed, or a pipe that nobody reads any more
            if stream is not None:
                stream.flush()
    os._exit(code)


def import_qt() -> None:
    """Import QtCore, for the first time in this process.  Raises ImportError where Qt's libraries are missing.

    PySide puts its own ``__import__`` in the place of Python's, which reads the source of every module imported
    afterwards, to see whether it wants names with underscores (``from __feature__ import …``).  We never do.
    """
    import PySide6.QtCore  # noqa: F401

    if builtins.__import__ is getattr(builtins, "__feature_import__", None):
        builtins.__import__ = builtins.__orig_import__  # type: ignore[attr-defined]  # PySide's


if __name__ == "__main__":
    end(main())
