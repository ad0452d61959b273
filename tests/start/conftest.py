"""Fixtures for processes that try to be the one instance."""

from tests.start.started import runtime, start

__all__ = ["runtime", "start"]
