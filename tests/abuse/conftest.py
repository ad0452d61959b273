"""All of these run on one qasync loop, windows or not: what they measure is the program's own loop."""

from tests.faults.place import kept_out, real_server
from tests.start.started import runtime, start
from tests.ui.conftest import qt_loop, run

__all__ = ["kept_out", "qt_loop", "real_server", "run", "runtime", "start"]
