"""Whole stories, through the real window and real processes."""
