"""What can be done, as data: the registry of actions, and the palette and the sheet that read it."""
