"""Functions of modules that are imported once one of them is called: a command's work before its first use."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


class Late:
    """Stands for a module: each attribute is a function that imports it, calls its own, and gives what that gives."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            return getattr(import_module(self._module), name)(*given, **named)

        call.__module__, call.__qualname__ = self._module, name
        return call
