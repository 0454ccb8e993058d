"""Teachability: what it asks and remembers, what it recalls, and what is printed. Texts are compared by a stub."""

import chromadb.utils.embedding_functions as embedding_functions
from autogen import ConversableAgent
from autogen.agentchat.contrib.capabilities.teachability import MemoStore, Teachability
from autogen.agentchat.contrib.text_analyzer_agent import TextAnalyzerAgent
from scenario import call, chat, hide_prompts, llm_config, note, record

MODES = ("sync", "async")
TEXTS = (
    "How do I get to town? Take the bus.",
    "Which number is it?",
    "Get to town please.",
    "Nice weather.",
    "a town job",
)
AXES = {"town": 3.0, "number": 4.0}


def embed(self, input):
    """One axis for each topic, so that distances are whole numbers: 9, 16, or 25 between the two."""
    return [[size * (topic in text.lower()) for topic, size in AXES.items()] for text in input]


def main(mode):
    embedding_functions.ONNXMiniLM_L6_V2.__call__ = embed
    hide_prompts("teach", *TEXTS, "reply one", "reply two", "reply three", "reply four")
    hide_prompts("analyst", "a greenish poem", "Which colours?")

    analyst = TextAnalyzerAgent(llm_config=llm_config("an answer", "as others", "in a chat", name="analyst"))
    note("replies of the analyst", [entry["reply_func"].__name__ for entry in analyst._reply_func_list])
    note("analysis", analyst.analyze_text("a greenish poem", "Which colours?"))
    note(
        "a reply to nobody",
        call(analyst, "generate_reply", [{"content": "a greenish poem"}, {"content": "Which colours?"}]),
    )
    asker = ConversableAgent("asker", llm_config=False, human_input_mode="NEVER")
    for text, request_reply in (("a greenish poem", False), ("Which colours?", True)):
        asker.send(text, analyst, request_reply=request_reply)
    record(asker)

    for verbosity in (0, 3):
        store = MemoStore(verbosity=verbosity, path_to_db_dir=f"./store{verbosity}")
        store.add_input_output_pair("the town", "has a bus")
        store.add_input_output_pair("the number", "is 7")
        note("nearest", store.get_nearest_memo("a number"))
        note("related", store.get_related_memos("town number", n_results=10, threshold=10))
        note("only one", len(store.get_related_memos("town", n_results=1, threshold=30)))
        note("beyond", store.get_related_memos("weather", n_results=10, threshold=5))
        store.list_memos()
        store.reset_db()
        store.list_memos()

    # Each message is looked through: a task? its advice, the task, its kind; a fact? its question, the fact itself.
    first = ("yes", "Take the bus.", "go to town", "a town job", "Yes.", "what is the number?", "It is 7.", "reply one")
    # What fits is looked for by the message, and if it has a task, by the kind of the task.
    second = ("no", "no", "no", "reply two")
    third = ("Yes, it does.", "go to town", "a town job", "yes", "None", "no", "reply three")
    fourth = ("no", "no", "no", "reply four")
    config = llm_config(*first, *second, *third, *fourth, name="teach")
    learner = ConversableAgent("learner", llm_config=config, human_input_mode="NEVER")
    teachability = Teachability(verbosity=1, path_to_db_dir="./memories", recall_threshold=0.5)
    teachability.add_to_agent(learner)
    note("settings", [teachability.recall_threshold, teachability.max_num_retrievals, teachability.path_to_db_dir])
    note("hooks", {name: len(hooks) for name, hooks in learner.hook_lists.items()})
    user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER")
    for message in TEXTS[:4]:
        chat(user, learner, message=message, max_turns=1)
        record(user)
    teachability.memo_store.list_memos()
