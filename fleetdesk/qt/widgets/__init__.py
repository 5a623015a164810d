"""The widgets that screens are made of. Each works by keyboard, has an accessible name and shows text as it is."""
