"""What holds for any process of ours: what it logs and leaves on the disk, which files it opens, when it collects garbage."""
