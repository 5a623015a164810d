"""Taking leads out into a file: which, with what of them, of which kind."""
