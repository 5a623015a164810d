"""Tests of what screens and reports read."""
