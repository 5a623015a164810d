"""The settings: who one is, how it looks, what lies on this laptop, and how it stands with the hub."""
