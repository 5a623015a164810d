"""What holds for any process of ours: what it logs and leaves on the disk, and when Python looks for garbage."""
