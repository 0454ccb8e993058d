"""What stands behind the builder of teams: what its model is told, and how teams and libraries are read and saved."""
