"""How everything looks: tokens, theme, icons, spacing, and the painting of text that may be right-to-left."""
