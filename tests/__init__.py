"""Tests of the compute-divide simulator."""
