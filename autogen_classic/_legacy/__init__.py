"""What only old programs need: helpers and names of AutoGen 0.1, over the clients and executors of today."""
