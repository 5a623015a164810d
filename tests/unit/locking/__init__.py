"""Tests of when FleetDesk locks."""
