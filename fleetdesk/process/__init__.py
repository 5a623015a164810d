"""What holds for any process of ours: what it logs and leaves on the disk, what it opens, when it looks for garbage."""
