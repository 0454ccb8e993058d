"""The package for extensions, which is empty in AutoGen 0.2 as well; some programs check that it exists."""
