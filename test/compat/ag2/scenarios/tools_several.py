"""Several tools in one message: in their order, with copies of the variables; the last target counts."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget, ContextVariables, ReplyResult
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, note, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    bob, carl = agent("bob", "bob 1"), agent("carl", "carl 1")

    def keep(value: int, context_variables: ContextVariables) -> ReplyResult:
        """Keep."""
        seen = context_variables.get("value")
        target = {1: AgentTarget(bob), 2: AgentTarget(carl)}.get(value)
        return ReplyResult(
            message=f"{seen} to {value}", target=target, context_variables=ContextVariables({"value": value})
        )

    def lose(context_variables: ContextVariables) -> str:
        """Lose."""
        context_variables["lost"] = True
        return "lost"

    async def wait(seconds: int) -> str:
        """Wait."""
        return f"waited {seconds}"

    ann = agent(
        "ann",
        tool_calls(
            ("keep", {"value": 1}, "c1"),
            ("keep", {"value": 2}, "c2"),
            ("lose", {}, "c3"),
            ("wait", {"seconds": 1}, "c4"),
        ),
        functions=[keep, lose, wait],
    )
    variables = ContextVariables({"value": 0})
    _, returned, _ = group_chat(
        DefaultPattern(initial_agent=ann, agents=[ann, bob, carl], context_variables=variables), "go", max_rounds=8
    )
    note("the same object", returned is variables and ann.context_variables is variables)
    note(
        "names of parameters", [list(tool["function"]["parameters"]["properties"]) for tool in ann.llm_config["tools"]]
    )
