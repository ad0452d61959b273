"""PySide imported in a third of its time: what it does at each start for the sake of others is left out.

Three things cost our first paint 30 of its 190 ms of CPU, and the process 10 MB (PySide 6.11.3, measured):

* The modules of ``shibokensupport`` lie as sources in a zip inside PySide's library, and are compiled anew in each
  process.  Here they come from a file of ours.  PySide's own remedy, ``SBK_EMBED=0``, unpacks them beside
  PySide for every program that uses it, and only where that folder may be written to.
* Three large regular expressions are compiled with them, of which two serve the generator of stubs and one
  the text of a TypeError.  Here they are compiled when they are first used.
* PySide puts its own ``__import__`` in the place of Python's, which reads the source of every module that is
  imported afterwards, and keeps it, to see whether the module may use ``from __feature__ import …`` (names
  with underscores).  We never do; what stood there before is put back.

What is in the file is run, so it lies in the user's own cache folder whatever ``--config`` says (a folder of
settings may come from elsewhere), and is read only if nobody else can write to file or folder.  A source that
is not in it to the letter is compiled, and where it cannot be read or written only those milliseconds are lost.
"""

from __future__ import annotations
import __future__

import builtins
import marshal
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CodeType
from typing import Any
from zlib import crc32

from qbt_remote import files, paths

Key = tuple[str, int, bytes | str]
"""Name of the file, the flags it is compiled with, its source."""

_THEIRS = ("shibokensupport/", "signature_bootstrap.py")
_FUTURE = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names[2:])
"""What code hands down to what it compiles; not the first two features, which have no such flag."""
_LARGEST = 8 * 1024 * 1024
_HEAD = f"qbt-remote 1 {sys.version} -{sys.flags.optimize}\n".encode()
_METHODS = frozenset(("match", "fullmatch", "search", "split", "findall", "finditer", "sub", "subn"))


def cache_file() -> Path | None:
    """Give the file that keeps what was compiled, None for a user without a home; each Python has its own."""
    with suppress(RuntimeError):
        return paths.cache_dir() / f"pyside.{sys.implementation.cache_tag}-{sys.flags.optimize}.bytecode"
    return None


def import_quickly(file: Path | None) -> None:
    """Import QtCore, for the first time in this process; ``file`` keeps what was compiled.

    Raises ImportError where Qt's libraries are missing.
    """
    with _compiled_once(file):
        import PySide6.QtCore  # noqa: F401
    if builtins.__import__ is getattr(builtins, "__feature_import__", None):
        builtins.__import__ = builtins.__orig_import__  # type: ignore[attr-defined]  # PySide's


@contextmanager
def _compiled_once(file: Path | None) -> Iterator[None]:
    kept = {} if file is None else _read(file)
    used: dict[Key, CodeType] = {}
    compile_code, compile_expression = builtins.compile, re.compile

    def code_of(
        source: Any,
        filename: Any,
        mode: str,
        flags: int = 0,
        dont_inherit: bool = False,
        optimize: int = -1,
        **more: Any,
    ) -> Any:
        if not dont_inherit:
            flags |= sys._getframe(1).f_code.co_flags & _FUTURE
        if mode != "exec" or flags & ~_FUTURE or optimize != -1 or more or not _is_theirs(source, filename):
            return compile_code(source, filename, mode, flags, True, optimize, **more)
        key = filename, flags, source
        if key not in used:
            used[key] = kept.get(key) or compile_code(source, filename, mode, flags, True)
        return used[key]

    def expression_of(pattern: Any, flags: Any = 0) -> Any:
        if flags == re.VERBOSE and str(sys._getframe(1).f_globals.get("__name__")).startswith("shibokensupport"):
            return LateExpression(lambda: compile_expression(pattern, flags))
        return compile_expression(pattern, flags)

    builtins.compile, re.compile = code_of, expression_of
    try:
        yield
    finally:
        builtins.compile, re.compile = compile_code, compile_expression
    if file is not None and used and used.keys() != kept.keys() and not sys.dont_write_bytecode:
        _write(file, used)


class LateExpression:
    """A regular expression that is compiled when it is first used; its methods may be taken before."""

    def __init__(self, compile_it: Callable[[], re.Pattern[str]]) -> None:
        self._compile = compile_it
        self._compiled: re.Pattern[str] | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # ABCMeta asks each value of a class whether it is abstract
            raise AttributeError(name)
        if name in _METHODS:
            return lambda *given, **named: getattr(self._expression(), name)(*given, **named)
        return getattr(self._expression(), name)

    def _expression(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = self._compile()
        return self._compiled


def _is_theirs(source: object, filename: object) -> bool:
    return isinstance(source, bytes | str) and isinstance(filename, str) and filename.startswith(_THEIRS)


def _read(file: Path) -> dict[Key, CodeType]:
    with suppress(OSError, ValueError, EOFError, TypeError):
        if not _is_ours_alone(file) or not _is_ours_alone(file.parent):
            return {}
        data = files.read(file, _LARGEST)
        start = len(_HEAD) + 4
        body = memoryview(data)[start:]
        if data[:start] == _HEAD + crc32(body).to_bytes(4, "big"):
            return dict(marshal.loads(body))
    return {}


def _is_ours_alone(path: Path) -> bool:
    found = path.lstat()
    return sys.platform == "win32" or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


def _write(file: Path, used: dict[Key, CodeType]) -> None:
    with suppress(OSError, ValueError):
        body = marshal.dumps(used)
        files.replace(file, _HEAD + crc32(body).to_bytes(4, "big") + body)
