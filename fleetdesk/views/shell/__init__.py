"""The window around the screens: navigation, status, messages, palette."""
