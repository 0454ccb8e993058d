"""Vector databases under one interface, which `base` describes. Import the module of the one that you need."""
