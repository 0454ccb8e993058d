"""A coordinator that a model leads to one expert after another, who all report back; a nested review at the end."""

from autogen import ConversableAgent
from autogen.agentchat.group import (
    AgentTarget,
    ContextStr,
    ContextStrLLMCondition,
    ContextVariables,
    NestedChatTarget,
    OnCondition,
    ReplyResult,
    StringAvailableCondition,
    StringLLMCondition,
)
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, note, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        return ConversableAgent(name, llm_config=llm_config(*replies, name=name), human_input_mode="NEVER", **settings)

    def report(text: str, context_variables: ContextVariables) -> ReplyResult:
        """Report to the coordinator."""
        context_variables["reports"] = context_variables["reports"] + [text]
        context_variables["is_ready"] = len(context_variables["reports"]) == 2
        return ReplyResult(message="Reported.", context_variables=context_variables, target=AgentTarget(hub))

    hub = agent(
        "hub",
        tool_calls(("transfer_to_weather_1", {}, "call_1")),
        tool_calls(("transfer_to_food_2", {}, "call_3")),
        tool_calls(("transfer_to_wrapped_nested_hub_1_3", {}, "call_5")),
        "Go to the lake on Sunday and eat fish.",
    )
    weather = agent("weather", tool_calls(("report", {"text": "Sun on Sunday."}, "call_2")), functions=[report])
    food = agent("food", tool_calls(("report", {"text": "Fish at the lake."}, "call_4")), functions=[report])
    critic, checker = agent("critic", "Say which day."), agent("checker", "Fish is fine.")
    hub.handoffs.add_llm_conditions(
        [
            OnCondition(target=AgentTarget(weather), condition=StringLLMCondition("Weather is asked for.")),
            OnCondition(
                target=AgentTarget(food),
                condition=ContextStrLLMCondition(ContextStr(template="Food is asked for; known: {reports}")),
            ),
            OnCondition(
                target=NestedChatTarget(
                    nested_chat_config={
                        "chat_queue": [
                            {"recipient": critic, "max_turns": 1, "summary_method": "last_msg", "message": "Review."},
                            {"recipient": checker, "max_turns": 1, "summary_method": "last_msg", "message": "Check."},
                        ]
                    }
                ),
                condition=StringLLMCondition("All reports are there."),
                available=StringAvailableCondition("is_ready"),
            ),
        ]
    )
    pattern = DefaultPattern(
        initial_agent=hub,
        agents=[hub, weather, food],
        context_variables=ContextVariables({"reports": [], "is_ready": False}),
    )
    _, variables, last = group_chat(pattern, "What to do at the weekend?", max_rounds=20)
    note("reports", [variables["reports"], last.name])
    record(hub, weather)
