"""Widgets, dialogs and commands."""
