"""What runs jobs as processes of this machine, whichever cloud's jobs they are: AWS Batch's
(`moto_extensions.batch.running`) and Azure Machine Learning's (`azure.ml_running`).
"""
