"""Components for Azure, each usable alone."""
