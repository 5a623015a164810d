"""What can be done with a lead, and with many at once."""
