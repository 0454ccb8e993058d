"""DocAgent whose document cannot be read: an agent says so, that is the reply, and the next request is dealt with."""

import json
from pathlib import Path

from autogen import ConversableAgent
from autogen.agents.experimental import DocAgent, InMemoryQueryEngine
from autogen.agents.experimental.document_agent import docling_doc_ingest_agent
from scenario import chat, hide_prompts, llm_config, note_talks, record, tool_calls

MODES = ("sync", "async")


def parse(input_file_path, output_dir_path=None, output_formats=None, table_output_format="html"):
    if not Path(input_file_path).exists():
        raise ValueError("It is not there.")
    return [Path(input_file_path)]


def main(mode):
    docling_doc_ingest_agent.docling_parse_docs = parse  # AG2's own needs packages that draw torch in
    broken = {"ingestions": [{"path_or_url": "stork.md"}], "queries": []}
    question = {"ingestions": [], "queries": [{"query_type": "RAG_QUERY", "query": "Why?"}]}
    own = ("The file stork.md is missing.", "It is answered.", "Nothing is known.")
    team = llm_config(
        json.dumps(broken),
        tool_calls(("initiate_tasks", {"task_init_info": broken})),
        tool_calls(("data_ingest_task", {})),
        own[0],
        json.dumps(question),
        tool_calls(("initiate_tasks", {"task_init_info": question})),
        *[tool_calls(("execute_rag_query", {}))],
        own[1],
        tool_calls(("transfer_to_SummaryAgent_1", {})),
        own[2],
        name="team",
    )
    told = (
        "Updated context variables with task decisions",
        "Added 1 new query/queries",
        "Data Ingestion Task Failed, Error It is not there.: 'stork.md'",
        "Sorry, please ingest some documents/URLs before querying.",
    )
    hide_prompts("team", "Read it.", "Why?", *own, *told, descriptions=True)

    agent = DocAgent(llm_config=team, query_engine=InMemoryQueryEngine(llm_config=llm_config(name="reader")))
    user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER")
    chat(user, agent, message="Read it.", max_turns=1)
    chat(user, agent, message="Why?", max_turns=1, clear_history=False)
    note_talks()
    record(user, agent)
