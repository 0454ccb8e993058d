"""What a user writes to test agents without a model."""

from __future__ import annotations

from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.testing import MockOpenAIServer, ModelRequest, ScriptedClient, error, tool_call


def reply(request: ModelRequest) -> str:
    """A scripted reply that looks at the request."""
    return request.last_text.upper()


def test_the_assistant_greets() -> None:
    """A scripted client in the place of a model."""
    model = ScriptedClient(["Hello.", tool_call("add", a=1, b=2), reply])
    assistant = AssistantAgent("assistant", llm_config=model.llm_config())
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    result = user.initiate_chat(assistant, message="I am Ada.", max_turns=1)
    assert result.summary == "Hello."
    assert model.requests[0].last_text == "I am Ada."


def test_over_http() -> None:
    """A scripted server in the place of a provider."""
    with MockOpenAIServer([error(429, retry_after=0), "Hello."]) as server:
        assistant = AssistantAgent("assistant", llm_config=server.llm_config())
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
        assert user.initiate_chat(assistant, message="Hi", max_turns=1).summary == "Hello."
