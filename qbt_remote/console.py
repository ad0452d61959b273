"""The ``qbt-remote`` script: as ``python -I -m qbt_remote``, whatever the caller's environment and folder hold.

Python has put the folders of ``PYTHONPATH`` before all others by now, and ``-m`` the current one.  A module there would
be run in place of one of ours or of Python's own.  So they are taken away before anything else is imported: this file
imports what Python itself has imported at its start.
"""

# ruff: noqa: PTH100, PTH109, PTH120  # pathlib is none of what Python has imported

import os
import sys


def main() -> None:
    """Run the program, and end the process with its exit code."""
    sys.path[:] = own_path(sys.path, os.environ.get("PYTHONPATH", ""), __file__)
    from qbt_remote.__main__ import end
    from qbt_remote.__main__ import main as run

    end(run())


def own_path(path: list[str], python_path: str, here: str) -> list[str]:
    """Give the folders that are Python's or hold this program: all but the caller's, and that of the script."""
    ours = os.path.dirname(os.path.dirname(os.path.abspath(here)))
    if sys.flags.isolated:
        return path
    foreign = {os.path.abspath(folder) for folder in python_path.split(os.pathsep)}
    foreign |= {os.getcwd(), os.path.dirname(os.path.abspath(sys.argv[0]))}
    return [folder for folder in path if os.path.abspath(folder) == ours or os.path.abspath(folder) not in foreign]
