"""What decides a measure, in words and pictures."""
