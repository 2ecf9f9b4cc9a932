"""What a directory of results holds, written whole or not at all."""
