"""Machine images by their ids: which are published, and how they are written into an environment's file."""
