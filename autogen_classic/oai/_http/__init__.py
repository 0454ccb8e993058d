"""Shared connections and clients of SDKs; retries, threads, the short way into the openai package."""
