"""Who goes next: the targets of handoffs, after-works and tools."""
