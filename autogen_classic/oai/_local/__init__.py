"""The model that runs in this process."""
