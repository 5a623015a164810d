"""Reminders of next steps: told once, put off, answered; in whichever window the person works."""
