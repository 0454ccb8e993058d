"""AG2's path of the package ``fast_depends``."""

from fast_depends import Depends, Provider, dependency_provider, inject

__all__ = ("Depends", "Provider", "dependency_provider", "inject")
