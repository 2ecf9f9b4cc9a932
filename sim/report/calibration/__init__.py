"""A calibration in words, as tables and as a picture."""
