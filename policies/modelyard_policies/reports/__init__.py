"""Reports of an assessment, a format a file: pure functions from plain data to text.

What comes from programs (names, paths, messages) is data in every one of them: it can't add markup, links,
mentions, control characters or lines of its own.
"""
