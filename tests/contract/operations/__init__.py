"""What each operation does, proven by what the server answers afterwards.

``OPERATIONS`` is by the newest name.  A new operation is one function with ``@operation`` in the module of its
scope; the matrix, the test and the check of completeness find it.
"""

from tests.contract.operations import app, beyond, commands, program, queue, reads, sync, transfer
from tests.contract.operations.table import OPERATIONS

__all__ = ["OPERATIONS", "app", "beyond", "commands", "program", "queue", "reads", "sync", "transfer"]
