"""Azure Machine Learning's resource provider: workspaces, their compute clusters, datastores and jobs."""
