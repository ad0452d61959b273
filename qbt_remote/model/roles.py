"""Qt's roles as the plain numbers that Qt hands over: to compare these with the enum's members is slow."""

from __future__ import annotations

from PySide6.QtCore import Qt

_Role = Qt.ItemDataRole

DISPLAY = int(_Role.DisplayRole)
DECORATION = int(_Role.DecorationRole)
TOOL_TIP = int(_Role.ToolTipRole)
ALIGNMENT = int(_Role.TextAlignmentRole)
FOREGROUND = int(_Role.ForegroundRole)
SPOKEN = int(_Role.AccessibleTextRole)
FIRST_ORDER = int(_Role.InitialSortOrderRole)
