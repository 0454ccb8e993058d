"""RetrieveChat: an answer from documents, with more context when the first does not suffice.

The proxy finds the chunks that are nearest to the question and puts them before it. When the assistant replies UPDATE
CONTEXT, the proxy sends further chunks. The embedding comes within a package, so nothing leaves the machine.

The method is the retrieval-augmented chat of *AutoGen: Enabling Next-Gen LLM Applications via Multi-Agent Conversation*
(Wu et al., 2023).
"""

from pathlib import Path

from autogen_classic.agentchat.contrib.retrieve_assistant_agent import RetrieveAssistantAgent
from autogen_classic.agentchat.contrib.retrieve_user_proxy_agent import RetrieveUserProxyAgent
from autogen_classic.testing import ScriptedClient

HANDBOOK = {
    "opening.md": "The library opens at nine in the morning, and closes at six in the evening.",
    "lending.md": "A reader may borrow five books at a time. A borrowed book must come back after four weeks.",
    "fines.md": "Whoever returns a borrowed book late pays a fine of twenty cents a day.",
}
folder = Path("handbook")
folder.mkdir(exist_ok=True)
for name, text in HANDBOOK.items():
    (folder / name).write_text(text, encoding="utf-8")

model = ScriptedClient(["UPDATE CONTEXT", "Two weeks too late, at twenty cents a day: 2.80."])
assistant = RetrieveAssistantAgent("assistant", llm_config=model.llm_config())
reader = RetrieveUserProxyAgent(
    "reader",
    human_input_mode="NEVER",
    retrieve_config={
        "task": "qa",
        "docs_path": [str(folder / name) for name in HANDBOOK],
        "collection_name": "handbook",
        "embedding_function": "local",
        "overwrite": True,
        "get_or_create": True,
        "context_max_tokens": 20,
    },
    code_execution_config=False,
)

result = reader.initiate_chat(
    assistant,
    message=reader.message_generator,
    problem="Which fine do I pay for a book that I return after six weeks?",
    n_results=3,
    max_turns=3,
)

contexts = [request.last_text for request in model.requests]
answer = result.chat_history[-1]["content"]
print("Answer:", answer)
