"""What stands behind retrieval: files become texts, texts chunks, chunks vectors, and the nearest ones an answer."""
