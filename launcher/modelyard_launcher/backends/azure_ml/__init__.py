"""The backend Azure Machine Learning: command jobs on one node or several, and sweeps."""
