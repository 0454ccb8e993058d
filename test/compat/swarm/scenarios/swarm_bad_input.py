"""What cannot be a swarm is refused."""

from autogen import AfterWork, ConversableAgent, OnCondition, SwarmResult, register_hand_off
from scenario import llm_config, raises

MODES = ("sync", "async")


def main(mode):
    a = ConversableAgent(
        "a", human_input_mode="NEVER", system_message="I am a.", llm_config=llm_config("Never.", name="a")
    )
    with raises("a text as hand_to", ValueError):
        register_hand_off(a, "b")
    with raises("a number in hand_to", ValueError):
        register_hand_off(a, [1])
    with raises("an unknown option", ValueError):
        AfterWork("nobody")
    with raises("a text as target", AssertionError):
        OnCondition("b", "To b.")
    with raises("a number as condition", AssertionError):
        OnCondition(a, 3)
    with raises("an empty condition", AssertionError):
        OnCondition(a, "")
    with raises("a number as values", ValueError):
        SwarmResult(values=3)
