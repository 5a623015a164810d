"""What waits to be sent: the drawer at the window's side."""
