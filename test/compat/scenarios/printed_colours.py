"""The colours, where the terminal has them (FORCE_COLOR stands for a terminal)."""

from autogen import ConversableAgent, GroupChat, GroupChatManager, UserProxyAgent
from scenario import chat, function_call, llm_config, person, set_environment, tool_calls

CODE = "```python\nprint(1)\n```"


def main(mode):
    set_environment(FORCE_COLOR="1", TERM="xterm")
    user = UserProxyAgent(
        "user",
        code_execution_config={"use_docker": False, "work_dir": "w"},
        function_map={"f": lambda: "f ran"},
        human_input_mode="TERMINATE",
        max_consecutive_auto_reply=5,
    )
    bob = ConversableAgent(
        "bob",
        llm_config=llm_config(tool_calls(("f", {})), function_call("f", {}), CODE, "TERMINATE", name="bob"),
        human_input_mode="NEVER",
    )
    person("")
    chat(user, bob, message="hello")
    members = [
        ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"{name} speaks")
        for name in ("ann", "carl")
    ]
    group = GroupChat(agents=members, messages=[], max_round=2, speaker_selection_method="round_robin")
    chat(members[0], GroupChatManager(group, llm_config=False), message="start")
    members[0].initiate_chats([{"recipient": members[1], "message": "queued", "max_turns": 1}])
