"""Files that are whole or absent, in directories that are never overwritten."""
