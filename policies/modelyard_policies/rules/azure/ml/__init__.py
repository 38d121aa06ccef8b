"""Rules for Azure Machine Learning."""
