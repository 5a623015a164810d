"""The lock: closing it by hand, and changing what opens it."""
