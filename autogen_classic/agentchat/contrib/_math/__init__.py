"""What stands behind the agent that checks steps of mathematics: programs to run, and questions to Wolfram Alpha."""
