"""Record the schemas that AutoGen 0.2.40 makes of the shapes, in an environment that holds it (and pydantic 2).

Usage: python test/schemas/record.py
"""

import json
from pathlib import Path

import shapes
import shapes_of_the_future
from autogen.function_utils import get_function_schema

recorded = {
    shape.__name__: get_function_schema(shape, description="What it does.")
    for shape in shapes.SHAPES + shapes_of_the_future.SHAPES
}
Path(__file__).with_name("recorded.json").write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")
