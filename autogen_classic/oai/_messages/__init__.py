"""Messages on the wire: one reading for all providers, and what each of them writes."""
