"""The equations: pure functions of numbers and arrays. No World, no hidden randomness, no input or output."""
