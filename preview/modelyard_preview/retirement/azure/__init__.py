"""How to leave an environment on Azure."""
