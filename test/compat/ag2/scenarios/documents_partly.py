"""DocAgent with two documents of which one cannot be read, and a question that the other one answers."""

import json
from pathlib import Path

from autogen import ConversableAgent
from autogen.agents.experimental import DocAgent, InMemoryQueryEngine
from autogen.agents.experimental.document_agent import docling_doc_ingest_agent
from scenario import Endless, chat, hide_prompts, llm_config, note, note_talks, record, tool_calls

MODES = ("sync", "async")

TASKS = {
    "ingestions": [{"path_or_url": "heron.md"}, {"path_or_url": "stork.md"}],
    "queries": [{"query_type": "RAG_QUERY", "query": "What does the heron do?"}],
}


def parse(input_file_path, output_dir_path=None, output_formats=None, table_output_format="html"):
    if not Path(input_file_path).exists():
        raise ValueError("It is not there.")
    return [Path(input_file_path)]


def reply(request):
    """What the models of the inner agents say: each calls its tool once."""
    tools = [tool["function"]["name"] for tool in request.get("tools", ())]
    note("asked", tools)
    if "response_format" in request:
        return json.dumps(TASKS)
    if "transfer_to_SummaryAgent_1" in tools:
        return tool_calls(("transfer_to_SummaryAgent_1", {}))
    if "initiate_tasks" in tools:
        return tool_calls(("initiate_tasks", {"task_init_info": TASKS}))
    has_called = request["messages"][-1]["role"] == "tool"
    return "That is all." if has_called or not tools else tool_calls((tools[0], {}))


def main(mode):
    docling_doc_ingest_agent.docling_parse_docs = parse  # AG2's own needs packages that draw torch in
    Path("heron.md").write_text("The heron waits for fish.")
    team = llm_config(Endless(reply), name="team")
    reader = llm_config(Endless(json.dumps({"could_answer": True, "answer": "It waits."})), name="reader")
    hide_prompts("team", "Read both.", "heron.md", "stork.md", "It is not there.", descriptions=True)
    hide_prompts("reader", "The heron waits for fish.", descriptions=True)

    agent = DocAgent(llm_config=team, query_engine=InMemoryQueryEngine(llm_config=reader))
    user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER")
    chat(user, agent, message="Read both.", max_turns=1)
    note_talks()
    record(user)
