"""What the command line does with connections."""
