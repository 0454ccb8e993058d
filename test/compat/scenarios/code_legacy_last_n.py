"""last_n_messages as a number and as "auto"; generate_code_execution_reply called directly; execution switched off."""

from autogen import ConversableAgent, UserProxyAgent
from scenario import note, raises


def main(mode):
    code = {"role": "user", "content": "```python\nprint('older')\n```", "name": "x"}
    newer = {"role": "user", "content": "no code here", "name": "x"}
    own = {"role": "assistant", "content": "mine", "name": "user"}
    for last_n in (1, 2, "auto", 0):
        user = UserProxyAgent(
            "user",
            human_input_mode="NEVER",
            default_auto_reply="no code found",
            code_execution_config={"work_dir": "w", "use_docker": False, "last_n_messages": last_n},
        )
        with raises(f"last {last_n}"):
            note(f"last {last_n}: code, then text", user.generate_reply(messages=[code, newer]))
            note(f"last {last_n}: code, own, text", user.generate_reply(messages=[code, own, newer]))
    note("config after several replies", user._code_execution_config)
    for wrong in (-1, "all", 1.5):
        with raises(f"last_n_messages={wrong}"):
            user = UserProxyAgent(
                "user", human_input_mode="NEVER", code_execution_config={"use_docker": False, "last_n_messages": wrong}
            )
            user.generate_reply(messages=[code])
    with raises("direct"):
        note(
            "direct", user.generate_code_execution_reply(messages=[code], config={"use_docker": False, "work_dir": "w"})
        )
    note("direct, off", user.generate_code_execution_reply(messages=[code], config=False))
    off = ConversableAgent("off", llm_config=False, human_input_mode="NEVER", default_auto_reply="off")
    note("off", [off._code_execution_config, off.generate_reply(messages=[code])])
    off._code_execution_config = {"use_docker": False}
    note("no reply function was registered", off.generate_reply(messages=[code]))
    with raises("code_executor of an agent without"):
        note("code_executor", off.code_executor)
