"""PySide's way of importing is put back to Python's before the program's own modules are imported."""

from __future__ import annotations

import json
import subprocess
import sys

SCRIPT = """
import builtins, json, linecache, sys
if sys.argv[1]:
    from qbt_remote.__main__ import import_qt
    import_qt()
import PySide6.QtWidgets
import qbt_remote.ui.window.main_window
plainly = builtins.__import__ is not getattr(builtins, "__feature_import__", None)
print(json.dumps([plainly, len(linecache.cache)]))
"""


def test_no_module_is_read_for_features_that_we_do_not_use() -> None:
    """If PySide no longer reads them by itself, our remedy can go."""

    def found(ours: str) -> list[int]:
        return list(json.loads(subprocess.check_output([sys.executable, "-c", SCRIPT, ours], text=True)))

    (theirs_plainly, theirs_read), (plainly, read) = found(""), found("ours")

    assert not theirs_plainly and theirs_read > 50
    assert plainly and read < 10  # those that PySide itself imports last
