"""What the hub did not take: conflicts and refusals that wait for the person."""
