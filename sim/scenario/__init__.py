"""Scenario files in, frozen scenarios out. The only reader of ``scenarios/`` and of the packaged data."""

from sim.scenario.load import SOURCES_FILE, check_file, load, read, real_policies, shipped, shipped_files
from sim.scenario.scenario import Scenario

__all__ = ["SOURCES_FILE", "Scenario", "check_file", "load", "read", "real_policies", "shipped", "shipped_files"]
