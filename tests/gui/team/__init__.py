"""The window on a team's hub."""
