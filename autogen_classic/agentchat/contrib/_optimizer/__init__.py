"""What stands behind the optimizer of agents: what its model is told, and how its proposals are read and run."""
