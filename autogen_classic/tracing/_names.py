"""The words of OpenTelemetry's semantic conventions for generative AI, as of release 1.41, and a few of our own."""

from __future__ import annotations

__all__ = (
    "BUCKETS_OF_SECONDS",
    "BUCKETS_OF_TOKENS",
    "OPERATIONS",
    "REQUEST_ATTRIBUTES",
)

OPERATIONS = {
    "conversation": "invoke_workflow",
    "agent": "invoke_agent",
    "llm": "chat",
    "tool": "execute_tool",
    "code_execution": "execute_code",
    "human_input": "await_human_input",
}
"""``gen_ai.operation.name`` by the type of a span. There is no convention for the last two."""

REQUEST_ATTRIBUTES = {
    "frequency_penalty": "gen_ai.request.frequency_penalty",
    "max_completion_tokens": "gen_ai.request.max_tokens",
    "max_tokens": "gen_ai.request.max_tokens",
    "n": "gen_ai.request.choice.count",
    "presence_penalty": "gen_ai.request.presence_penalty",
    "seed": "gen_ai.request.seed",
    "stream": "gen_ai.request.stream",
    "temperature": "gen_ai.request.temperature",
    "top_k": "gen_ai.request.top_k",
    "top_p": "gen_ai.request.top_p",
}
"""The settings of a request that a span shows, and what they are called there."""

BUCKETS_OF_TOKENS = [4.0**power for power in range(14)]
BUCKETS_OF_SECONDS = [0.01 * 2**power for power in range(14)]
