"""What a model may do in one folder: run programs behind a filter, and change files by patches."""
