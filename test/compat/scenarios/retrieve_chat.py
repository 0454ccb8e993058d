"""Retrieval chat over Chroma: what is shown, printed, asked and remembered, with UPDATE CONTEXT. A stub embeds."""

from pathlib import Path

from autogen import ConversableAgent
from autogen.agentchat.contrib import retrieve_user_proxy_agent as room
from autogen.agentchat.contrib.retrieve_assistant_agent import RetrieveAssistantAgent
from autogen.agentchat.contrib.retrieve_user_proxy_agent import RetrieveUserProxyAgent
from autogen.retrieve_utils import split_files_to_chunks
from scenario import chat, llm_config, mask, note, raises, record

MODES = ("sync", "async")
WORDS = {"alpha": 1.0, "beta": 2.0, "gamma": 4.0, "delta": 8.0}
TEXTS = {"a": "alpha one", "b": "beta two two", "c": "gamma three three three", "d": "delta four"}
FILES = [f"docs/{name}.txt" for name in TEXTS]
PROMPT = "Question: {input_question}\nContext: {input_context}"


class Stub:
    def __call__(self, input):
        return [[size * text.count(word) for word, size in WORDS.items()] for text in input]


def count_words(text, model=None):
    return len(text.split())


def retriever(collection, **config):
    settings = {
        "docs_path": FILES,
        "collection_name": collection,
        "embedding_function": Stub(),
        "vector_db": "chroma",
        "db_config": {"path": "db"},
        "customized_prompt": PROMPT,
        "custom_token_count_function": count_words,
        "context_max_tokens": 6,
        **config,
    }
    return RetrieveUserProxyAgent(
        "proxy",
        human_input_mode="NEVER",
        retrieve_config=settings,
        code_execution_config=False,
        max_consecutive_auto_reply=4,
    )


def helper(*replies, name):
    return ConversableAgent("helper", llm_config=llm_config(*replies, name=name), human_input_mode="NEVER")


def remembered(proxy):
    return {
        "documents": list(proxy._doc_ids),
        "sources": list(proxy._current_docs_in_context),
        "answers": sorted(proxy._intermediate_answers),
        "texts": list(proxy._doc_contents),
        "last": proxy._doc_idx,
        "asked": [proxy.problem, proxy.n_results, proxy._search_string],
    }


def main(mode):
    Path("docs").mkdir()
    for name, text in TEXTS.items():
        Path(f"docs/{name}.txt").write_text(text)
    mask("PROMPT_QA", room.PROMPT_QA)
    mask("PROMPT_CODE", room.PROMPT_CODE)
    note("chunks", split_files_to_chunks(FILES))

    proxy = retriever("first")
    note("replies", [entry["reply_func"].__name__ for entry in proxy._reply_func_list])
    note("problem before", hasattr(proxy, "problem"))
    other = helper("Sorry. UPDATE CONTEXT", "update context, please", "the answer", name="updates")
    chat(proxy, other, message=proxy.message_generator, problem="alpha beta gamma delta", n_results=4)
    record(proxy, other)
    note("remembered", remembered(proxy))

    again = helper("the second answer", name="again")
    chat(proxy, again, message=proxy.message_generator, problem="alpha", n_results=1, search_string="one")
    record(proxy)
    note("remembered again", remembered(proxy))

    used_up = helper("UPDATE CONTEXT", name="used_up")
    proxy = retriever("second", docs_path=FILES[:1], task="qa", customized_prompt=None)
    chat(proxy, used_up, message=proxy.message_generator, problem="alpha")
    record(proxy)

    stubborn = helper("UPDATE CONTEXT", name="stubborn")
    proxy = retriever("third", update_context=False, task="code", customized_prompt=None)
    proxy._max_consecutive_auto_reply = 0
    chat(proxy, stubborn, message=proxy.message_generator, problem="delta", n_results=1)
    record(proxy)

    prefixed = helper("no idea about delta", "ANSWER: four", name="prefixed")
    proxy = retriever("fourth", customized_answer_prefix="Answer:")
    chat(proxy, prefixed, message=proxy.message_generator, problem="gamma", n_results=1)
    record(proxy)
    note("remembered with a prefix", remembered(proxy))

    with raises("a collection that exists", ValueError):
        retriever("first").retrieve_docs("alpha", 1, "")
    kept = retriever("first", get_or_create=True)
    kept.retrieve_docs("beta", 1, "")
    note("found", kept._results)
    elsewhere = retriever("first", docs_path=None, distance_threshold=-3)
    elsewhere.retrieve_docs("beta beta", 1, "")
    note("found elsewhere", elsewhere._results)

    models = ("gpt-4", "gpt-4-32k", "gpt-3.5-turbo", "gpt-3.5-turbo-16k", "other")
    note("tokens", {model: RetrieveUserProxyAgent.get_max_tokens(model) for model in models})
    for text in ("```python\nprint(1)\n```", "```sh\nls\n```", "plain", "UPDATE CONTEXT", None):
        note(f"ends: {text}", proxy._is_termination_msg({"content": text}))
    assistant = RetrieveAssistantAgent("assistant", llm_config=False)
    note("replies of the assistant", [entry["reply_func"].__name__ for entry in assistant._reply_func_list])
    for text in ("exitcode: 0 (execution succeeded)", "exitcode: 1 (execution failed)", "UPDATE CONTEXT", "hello"):
        asked = [{"content": text, "role": "user"}]
        note(f"assistant: {text}", assistant._generate_retrieve_assistant_reply(asked, proxy, None))
