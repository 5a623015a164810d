"""What staff may do: one verb a class, run twice, on the laptop at once and at the hub for good."""
