"""Rules across the fields of an environment that hold on any cloud: pure functions to problems.

What differs between clouds, their regions and their bounds, comes as an argument.
"""
