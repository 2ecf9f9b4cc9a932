"""The economy: the first world of a scenario and a seed, and the step that takes a world to the next.

Read ``step.advance`` first; every stage it names is a file of ``stages``.
"""
