"""The laptop half: replica, outbox, and what brings both sides together. It never imports `hub/`."""
