"""Arguments that do not fit the annotations of a tool: the first line of what the model reads, and its parameter."""

from autogen import ConversableAgent
from autogen.tools import tool
from scenario import note


@tool()
def area(width: int, height: int = 2) -> int:
    """An area."""
    return width * height


def main(mode):
    user = ConversableAgent("user", human_input_mode="NEVER", llm_config=False)
    area.register_for_execution(user)
    for arguments in ('{"width": "x"}', "{}", '{"width": 1, "height": null}', '{"width": [1]}', '{"width": 2.5}'):
        succeeded, answer = user.execute_function({"name": "area", "arguments": arguments}, call_id="1")
        note(arguments, [succeeded, answer["content"].splitlines()[:2]])
    for arguments in ('{"width": "3"}', '{"width": 3, "height": 4.0}', '{"width": true}', '{"width": 1, "depth": 9}'):
        note(arguments, user.execute_function({"name": "area", "arguments": arguments}, call_id="1")[0])
