"""Signing out, and taking in what was carried elsewhere: for a window with a session."""
