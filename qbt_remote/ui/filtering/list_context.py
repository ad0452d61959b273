"""What the commands about the list act on: the selection, the saved views and the filter box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qbt_remote.ui.commands.context import Context

if TYPE_CHECKING:
    from qbt_remote.ui.filtering.filter_box import FilterBox
    from qbt_remote.ui.filtering.saved_views import Views


@dataclass(eq=False, repr=False, kw_only=True)
class ListContext(Context):
    """A context that knows how the list is filtered."""

    views: Views
    box: FilterBox
