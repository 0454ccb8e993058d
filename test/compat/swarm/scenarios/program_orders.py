"""A swarm as its users write it: variables as a dict, functions, hand-offs by conditions, an after-work and a user."""

from autogen import (
    AfterWork,
    AfterWorkOption,
    ConversableAgent,
    OnCondition,
    SwarmResult,
    UpdateSystemMessage,
    UserProxyAgent,
    register_hand_off,
)
from scenario import llm_config, person, record, swarm_chat, tool_calls

MODES = ("sync", "async")


def main(mode):
    def log_in(name: str, context_variables: dict) -> SwarmResult:
        """Log in."""
        context_variables["user"] = name
        context_variables["tries"] = context_variables.get("tries", 0) + 1
        return SwarmResult(values=f"{name} is logged in", context_variables=context_variables)

    def look_up(order: int, context_variables: dict) -> str:
        """Look up an order."""
        return f"{order} of {context_variables['user']}"

    def finish(context_variables: dict) -> SwarmResult:
        """Finish."""
        return SwarmResult(values="finished", agent=closer, context_variables={"finished": True})

    def agent(name, *replies, functions=(), **settings):
        return ConversableAgent(name, llm_config=llm_config(*replies, name=name), functions=list(functions), **settings)

    triage = agent(
        "triage",
        tool_calls(("log_in", {"name": "ann"}, "c1")),
        tool_calls(("transfer_triage_to_orders", {}, "c2")),
        functions=[log_in],
        update_agent_state_before_reply=[UpdateSystemMessage("You sort. {user} has tried {tries} times.")],
    )
    orders = agent(
        "orders",
        tool_calls(("look_up", {"order": 7}, "c3")),
        "Seven is on its way.",
        tool_calls(("finish", {}, "c4")),
        functions=[look_up, finish],
    )
    closer = agent("closer", "Goodbye.")
    user = UserProxyAgent("user", human_input_mode="ALWAYS", code_execution_config=False)
    register_hand_off(
        agent=triage,
        hand_to=[OnCondition(target=orders, condition="About orders."), AfterWork(AfterWorkOption.REVERT_TO_USER)],
    )
    register_hand_off(agent=orders, hand_to=[AfterWork(AfterWorkOption.REVERT_TO_USER)])
    register_hand_off(agent=closer, hand_to=[AfterWork(AfterWorkOption.TERMINATE)])
    person("Thank you.")
    swarm_chat(
        triage,
        "Where is my order?",
        [triage, orders, closer],
        user_agent=user,
        context_variables={"user": "nobody", "tries": 0},
        max_rounds=20,
        after_work=AfterWork(AfterWorkOption.TERMINATE),
    )
    record(triage, orders, closer, user)
