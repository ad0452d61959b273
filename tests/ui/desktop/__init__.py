"""Tray and notifications."""
