"""Azure in the sandbox: a resource manager that keeps resources, and handlers of Pulumi's types upon it."""
