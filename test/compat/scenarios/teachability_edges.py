"""Teachability at its edges: a folder that is used again, a store without memos, and what learning leaves behind."""

import chromadb.utils.embedding_functions as embedding_functions
from autogen import ConversableAgent
from autogen.agentchat.contrib.capabilities.teachability import MemoStore, Teachability
from scenario import hide_prompts, llm_config, note, raises


def embed(self, input):
    """One axis, so that distances are whole numbers."""
    return [[3.0 * ("town" in text.lower())] for text in input]


def main(mode):
    embedding_functions.ONNXMiniLM_L6_V2.__call__ = embed
    store = MemoStore(path_to_db_dir="./used")
    with raises("nearest of none"):
        note("nearest of none", store.get_nearest_memo("town"))
    with raises("related of none"):
        note("related of none", store.get_related_memos("town", n_results=3, threshold=10))
    store.add_input_output_pair("the town", "has a bus")
    with raises("without a threshold"):
        note("without a threshold", store.get_related_memos("town", n_results=3, threshold=None))
    with raises("the folder again"):
        note("the folder again", MemoStore(path_to_db_dir="./used").get_nearest_memo("town"))

    hide_prompts("teach", "Nice town.", "has a bus", "a reply")
    config = llm_config("no", "no", "no", "a reply", "no", "no", "no", name="teach")
    learner = ConversableAgent("learner", llm_config=config, human_input_mode="NEVER")
    teachability = Teachability(path_to_db_dir="./memories", recall_threshold=10)
    teachability.memo_store.add_input_output_pair("the town", "has a bus")
    teachability.add_to_agent(learner)
    user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER")
    user.initiate_chat(learner, message="Nice town.", max_turns=1)
    note("partners", [partner.name for partner in learner.chat_messages])
    note("stored", learner.chat_messages[user])
    with raises("content in parts"):
        parts = [{"type": "text", "text": "Nice town."}]
        note("content in parts", teachability.process_last_received_message(parts))
