"""Run the application: ``python -m qbt_remote``."""

import sys

from qbt_remote.app import main

if __name__ == "__main__":
    sys.exit(main())
