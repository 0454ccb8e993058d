"""What happens in groups with handoffs, as AG2's events."""
