"""The room behind pictures in messages: loading and encoding them, tags in texts, what they cost, LLaVA's protocol."""
