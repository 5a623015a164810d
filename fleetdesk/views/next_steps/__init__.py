"""Next steps of leads, wherever they are met: planned, put off, done."""
