"""AgentOptimizer: what the model is asked, and what a step returns when it adds, revises, removes or falls back."""

from autogen.agentchat.contrib import agent_optimizer
from autogen.agentchat.contrib.agent_optimizer import AgentOptimizer
from scenario import llm_config, mask, note, person, raises, tool_calls

CONVERSATION = [{"role": "user", "content": "Double 2."}, {"role": "assistant", "content": "5"}]
DOUBLE = {
    "name": "double",
    "description": "Doubles a number.",
    "arguments": '{"number": {"type": "number", "description": "any"}}',
    "packages": "",
    "code": "def double(number):\n    return 2 * number",
}
HALVE = {**DOUBLE, "name": "halve", "code": "def halve(number):\n    return number / 2"}


def mask_texts():
    mask("OPT_PROMPT", agent_optimizer.OPT_PROMPT.strip())
    for tool in ("ADD_FUNC", "REVISE_FUNC", "REMOVE_FUNC"):
        function = getattr(agent_optimizer, tool)["function"]
        mask(f"{tool}.description", function["description"])
        for name, part in function["parameters"]["properties"].items():
            mask(f"{tool}.{name}", part["description"])


def step(optimizer, label, *verdicts):
    for verdict in verdicts:
        optimizer.record_one_conversation(CONVERSATION, is_satisfied=verdict)
    for_llm, for_executor = optimizer.step()
    note(label, [for_llm, sorted(for_executor), [name for name, run in for_executor.items() if run is None]])


def main(mode):
    mask_texts()
    replies = [
        tool_calls(("add_function", DOUBLE)),
        tool_calls(("add_function", HALVE)),
        tool_calls(("revise_function", {**DOUBLE, "description": "Better."})),
        tool_calls(("remove_function", {"name": "halve"})),
    ]
    optimizer = AgentOptimizer(1, llm_config(*replies), optimizer_model="gpt-4")
    step(optimizer, "add", False)
    step(optimizer, "add another", True)
    step(optimizer, "revise", True, True)
    step(optimizer, "remove", True)

    person("1", "0", "well")
    optimizer.record_one_conversation(CONVERSATION)
    optimizer.record_one_conversation(CONVERSATION)
    with raises("neither 1 nor 0"):
        optimizer.record_one_conversation(CONVERSATION)
    optimizer.reset_optimizer()
    note("forgotten", [optimizer._trial_functions, optimizer._best_functions])
    with raises("nothing recorded"):
        optimizer.step()
