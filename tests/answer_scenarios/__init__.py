"""Walks through every operation that the sandbox adds to moto, so that its answers can be held against AWS's
service models.
"""
