"""Connections and clients of SDKs, shared; retries, threads, the short way into the openai package."""
