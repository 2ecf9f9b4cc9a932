"""What a sweep found, in words and pictures."""
