"""DocAgent as a member of a group: it reads two files, answers two questions, and another agent goes on from there."""

import json
from pathlib import Path

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget, TerminateTarget
from autogen.agentchat.group.patterns import DefaultPattern
from autogen.agents.experimental import DocAgent, InMemoryQueryEngine
from autogen.agents.experimental.document_agent import docling_doc_ingest_agent
from scenario import Endless, group_chat, hide_prompts, llm_config, note, note_talks, record, tool_calls

MODES = ("sync", "async")

HERON, STORK = "The heron waits for fish.", "The stork nests on roofs."
TASKS = {
    "ingestions": [{"path_or_url": "heron.md"}, {"path_or_url": "stork.md"}],
    "queries": [
        {"query_type": "RAG_QUERY", "query": "What does the heron do?"},
        {"query_type": "RAG_QUERY", "query": "Where does the stork nest?"},
    ],
}


def parse(input_file_path, output_dir_path=None, output_formats=None, table_output_format="html"):
    note("parsed", str(input_file_path))
    return [Path(input_file_path)]


def main(mode):
    docling_doc_ingest_agent.docling_parse_docs = parse  # AG2's own needs packages that draw torch in
    Path("heron.md").write_text(HERON)
    Path("stork.md").write_text(STORK)

    def reply(request):
        """What the models of the inner agents say: each calls its tool once."""
        tools = [tool["function"]["name"] for tool in request.get("tools", ())]
        if "response_format" in request:
            return json.dumps(TASKS)
        if "transfer_to_SummaryAgent_1" in tools:
            return tool_calls(("transfer_to_SummaryAgent_1", {}))
        if "initiate_tasks" in tools:
            return tool_calls(("initiate_tasks", {"task_init_info": TASKS}))
        has_called = request["messages"][-1]["role"] == "tool"
        return "It waits, and the stork nests." if has_called or not tools else tool_calls((tools[0], {}))

    answers = [json.dumps({"could_answer": True, "answer": text}) for text in ("It waits.", "On roofs.")]
    reader = llm_config(*answers, name="reader")
    hide_prompts("team", "Read both.", HERON, STORK, "It waits.", "On roofs.", descriptions=True)
    hide_prompts("reader", HERON, STORK, "What does the heron do?", "Where does the stork nest?", descriptions=True)
    librarian = DocAgent(
        name="librarian",
        llm_config=llm_config(Endless(reply), name="team"),
        query_engine=InMemoryQueryEngine(llm_config=reader),
    )
    writer = ConversableAgent("writer", llm_config=llm_config("A tale of two birds.", name="writer"))
    librarian.handoffs.set_after_work(AgentTarget(writer))
    writer.handoffs.set_after_work(TerminateTarget())
    hide_prompts("writer", "Read both.", "It waits, and the stork nests.")
    pattern = DefaultPattern(initial_agent=librarian, agents=[librarian, writer])
    result, _, last = group_chat(pattern, "Read both.", max_rounds=6)
    note("said", [[message.get("name"), message["content"]] for message in result.chat_history])
    note("last", last.name)
    note_talks()
    record(writer)
