"""DocAgent with an engine in memory: documents are taken in, questions answered, and the next request knows them."""

import json
from pathlib import Path

from autogen import ConversableAgent
from autogen.agents.experimental import DocAgent, InMemoryQueryEngine
from autogen.agents.experimental.document_agent import docling_doc_ingest_agent
from scenario import chat, hide_prompts, llm_config, note, note_talks, record, tool_calls

MODES = ("sync", "async")

HERON = "The heron waits for fish."
ASK = "Read heron.md. What does the heron do?"
ASK_AGAIN = "And why does it wait?"
WHAT, WHY = "What does the heron do?", "Why does it wait?"


def tasks(documents, *questions):
    return {
        "ingestions": [{"path_or_url": document} for document in documents],
        "queries": [{"query_type": "RAG_QUERY", "query": question} for question in questions],
    }


def answer(text):
    return json.dumps({"could_answer": True, "answer": text})


def parse(input_file_path, output_dir_path=None, output_formats=None, table_output_format="html"):
    note("parsed", [str(input_file_path), output_formats])
    return [Path(input_file_path)]


def main(mode):
    docling_doc_ingest_agent.docling_parse_docs = parse  # AG2's own needs packages that draw torch in
    Path("heron.md").write_text(HERON)
    first, second = tasks(["heron.md"], WHAT), tasks([], WHY)
    own = ("It waits.", "For fish.", "Both are answered.", "It waits for fish, so it says.", "Because fish come.")
    team = llm_config(
        json.dumps(first),
        tool_calls(("initiate_tasks", {"task_init_info": first})),
        tool_calls(("data_ingest_task", {})),
        tool_calls(("execute_rag_query", {})),
        own[2],
        tool_calls(("transfer_to_SummaryAgent_1", {})),
        own[3],
        json.dumps(second),
        tool_calls(("initiate_tasks", {"task_init_info": second})),
        tool_calls(("execute_rag_query", {})),
        own[2],
        tool_calls(("transfer_to_SummaryAgent_1", {})),
        own[4],
        name="team",
    )
    reader = llm_config(answer(own[0]), answer(own[1]), name="reader")
    told = (
        "Updated context variables with task decisions",
        "Added 1 new query/queries",
        "Data Ingestion Task Completed for heron.md",
        "[Handing off to DoclingDocIngestAgent]",
        "[Handing off to QueryAgent]",
    )
    hide_prompts("team", ASK, ASK_AGAIN, json.dumps(first), json.dumps(second), *own[2:], *told, descriptions=True)
    hide_prompts("reader", HERON, WHAT, WHY, descriptions=True)

    agent = DocAgent(llm_config=team, query_engine=InMemoryQueryEngine(llm_config=reader))
    user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER")
    chat(user, agent, message=ASK, max_turns=1)
    chat(user, agent, message=ASK_AGAIN, max_turns=1, clear_history=False)
    note_talks()
    record(user, agent)
