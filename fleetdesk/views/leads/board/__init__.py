"""The board of leads: a column for each stage, and cards that are moved between them by mouse or keyboard."""
