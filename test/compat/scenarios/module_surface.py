"""What `import autogen` alone offers, and the small helpers beside the agents."""

import logging

import autogen
from scenario import note


def main(mode):
    note("version", autogen.__version__)
    for path in (
        "oai.client",
        "token_count_utils",
        "code_utils",
        "agentchat",
        "Completion",
        "agentchat.conversable_agent",
        "agentchat.groupchat",
    ):
        found = autogen
        for part in path.split("."):
            found = getattr(found, part)
        note(path, True)
    note(
        "loggers", [logging.getLogger(name).name in logging.root.manager.loggerDict for name in ("autogen.oai.client",)]
    )
    note(
        "content_str",
        [
            autogen.code_utils.content_str(value)
            for value in ("x", None, [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "u"}}])
        ],
    )
    note("extract_code", autogen.code_utils.extract_code("a\n```python\nx=1\n```\nb\n```\ny\n```"))
    note("no code", autogen.code_utils.extract_code("nothing"))
    note(
        "infer_lang",
        [autogen.code_utils.infer_lang(text) for text in ("print(1)", "ls -l", "pip install x", "python a.py")],
    )
    note("filter", autogen.filter_config([{"model": "a"}, {"model": "b"}], {"model": ["b"]}))
    note(
        "exceptions",
        [
            issubclass(error, Exception)
            for error in (
                autogen.exception_utils.NoEligibleSpeaker,
                autogen.exception_utils.SenderRequired,
                autogen.exception_utils.InvalidCarryOverType,
                autogen.exception_utils.UndefinedNextAgent,
                autogen.exception_utils.AgentNameConflict,
            )
        ]
        if hasattr(autogen, "exception_utils")
        else "absent",
    )
    note("default system message", autogen.ConversableAgent("x", llm_config=False).system_message)
