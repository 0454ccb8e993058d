"""Where keys are, and how to keep them out of everything that is shown or stored: errors, events, logs, recordings."""

from __future__ import annotations

from .errors import keys_hidden, set_text
from .finding import secrets_in, secrets_of_environment, secrets_sent
from .hiding import (
    forms_of,
    hidden,
    place_of,
    shown_without_keys,
    without_forms,
    without_keys,
    without_secrets,
)
from .names import is_secret_name, is_secret_variable, may_hold_secrets

__all__ = (
    "forms_of",
    "hidden",
    "is_secret_name",
    "is_secret_variable",
    "keys_hidden",
    "may_hold_secrets",
    "place_of",
    "secrets_in",
    "secrets_of_environment",
    "secrets_sent",
    "set_text",
    "shown_without_keys",
    "without_forms",
    "without_keys",
    "without_secrets",
)
