"""Walks through every window, tab, dialog and menu, leaves a picture of each, and judges what a program can judge."""
