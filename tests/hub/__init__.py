"""Tests of the hosted side, against a real PostgreSQL."""
