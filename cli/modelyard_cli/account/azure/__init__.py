"""A subscription on Azure: who is asking, whether it is the right one, and what the doctor looks at in it."""
