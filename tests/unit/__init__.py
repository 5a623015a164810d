"""Tests of what needs no window and no server."""
