"""What can be added to any agent: shorter histories, memory, sight. Import the module that you need."""
