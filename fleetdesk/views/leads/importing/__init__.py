"""Bringing leads in from a file, step by step: the file, its columns, what it would bring, what it brought."""
