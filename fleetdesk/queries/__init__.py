"""What screens and reports read: functions over a connection to the replica that return frozen rows.

They run wherever the caller's connection lives, never on the GUI thread, and write nothing.
"""
