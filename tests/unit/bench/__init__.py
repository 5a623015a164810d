"""Tests of the bench's own arithmetic and words."""
