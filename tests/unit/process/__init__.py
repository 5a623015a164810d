"""Tests of what holds for any process."""
