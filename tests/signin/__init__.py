"""Sign-in from beginning to end: at a real, certified provider, and before a real hub."""
