"""Mirrors of servers, kept in step by polling; no Qt, no HTTP library."""
