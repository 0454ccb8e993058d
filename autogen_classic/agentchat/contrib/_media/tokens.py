"""How many tokens a picture costs at OpenAI."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

__all__ = ("MODEL_PARAMS", "tokens_of")

_SIZES = {"max_edge": 2048, "min_edge": 768, "tile_size": 512}

MODEL_PARAMS: dict[str, dict[str, float]] = {
    "gpt-4-vision": {**_SIZES, "base_token_count": 85, "token_multiplier": 170},
    "gpt-4o-mini": {**_SIZES, "base_token_count": 2833, "token_multiplier": 5667},
    "gpt-4o": {**_SIZES, "base_token_count": 85, "token_multiplier": 170},
    "gpt-4.5": {**_SIZES, "base_token_count": 85, "token_multiplier": 170},
    "gpt-4.1-mini": {"max_patches": 1536, "patch_size": 32, "token_multiplier": 1.62},
    "gpt-4.1-nano": {"max_patches": 1536, "patch_size": 32, "token_multiplier": 2.46},
    "gpt-4.1": {**_SIZES, "base_token_count": 85, "token_multiplier": 170},
    "gpt-5-mini": {"max_patches": 1536, "patch_size": 32, "token_multiplier": 1.62},
    "gpt-5-nano": {"max_patches": 1536, "patch_size": 32, "token_multiplier": 2.46},
    "gpt-5": {**_SIZES, "base_token_count": 70, "token_multiplier": 140},
    "o4-mini": {"max_patches": 1536, "patch_size": 32, "token_multiplier": 1.72},
    "o1": {**_SIZES, "base_token_count": 75, "token_multiplier": 150},
    "o3": {**_SIZES, "base_token_count": 75, "token_multiplier": 150},
}
"""How OpenAI counts pictures, by the beginning of a model's name; the longest one that fits counts.

Most models see tiles: a picture is shrunk into a square of ``max_edge``, then until its shorter edge is ``min_edge``,
and each tile of ``tile_size`` costs ``token_multiplier`` besides the ``base_token_count``. The others see patches of
``patch_size``, at most ``max_patches`` of them, and each costs ``token_multiplier``.
"""


def tokens_of(width: int, height: int, model: str, low_quality: bool = False) -> int:
    """Count the tokens of a picture.

    Args:
        width: in pixels.
        height: in pixels.
        model: the name of the model, such as ``"gpt-4o-2024-08-06"``.
        low_quality: whether the picture is sent with ``"detail": "low"``.

    Raises:
        ValueError: the model is not known.
    """
    fitting = [name for name in MODEL_PARAMS if model.startswith(name)]
    if not fitting:
        raise ValueError(
            f"Nothing is known about how the model {model!r} counts pictures. Known are those whose names begin with "
            f"{', '.join(sorted(MODEL_PARAMS))}; others can be added to MODEL_PARAMS."
        )
    params = MODEL_PARAMS[max(fitting, key=len)]
    if "patch_size" in params:
        return _tokens_of_patches(width, height, params)
    if low_quality:
        return int(params["base_token_count"])
    return _tokens_of_tiles(width, height, params)


def _tokens_of_tiles(width: float, height: float, params: Mapping[str, float]) -> int:
    width, height = _shrunk(width, height, params["max_edge"] / max(width, height))
    width, height = _shrunk(width, height, params["min_edge"] / min(width, height))
    tiles = ceil(width / params["tile_size"]) * ceil(height / params["tile_size"])
    return int(params["base_token_count"] + params["token_multiplier"] * tiles)


def _shrunk(width: float, height: float, factor: float) -> tuple[int, int]:
    """Shrink a picture, never enlarge it."""
    factor = min(factor, 1)
    return max(int(width * factor), 1), max(int(height * factor), 1)


def _tokens_of_patches(width: int, height: int, params: Mapping[str, float]) -> int:
    size, most = params["patch_size"], params["max_patches"]
    patches = ceil(width / size) * ceil(height / size)
    if patches > most:
        factor = (size * size * most / (width * height)) ** 0.5
        across, down = width * factor / size, height * factor / size
        factor *= min(int(across) / across, int(down) / down) if min(across, down) >= 1 else 1
        patches = min(ceil(width * factor / size) * ceil(height * factor / size), most)
    return ceil(patches * params["token_multiplier"])
