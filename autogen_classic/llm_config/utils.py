"""Configuration lists from files, and what to keep of them, at the paths that AG2 gave them."""

from __future__ import annotations

from ..oai.openai_utils import config_list_from_json, filter_config

__all__ = ("config_list_from_json", "filter_config")
