"""Tests of what staff may do."""
