"""MathUserProxyAgent: programs run until the model gives an answer; what the proxy says to each kind of message."""

from autogen import ConversableAgent
from autogen.agentchat.contrib import math_user_proxy_agent
from autogen.agentchat.contrib.math_user_proxy_agent import MathUserProxyAgent
from scenario import chat, llm_config, mask, note, record

MODES = ("sync", "async")

FIRST = "Let us see:\n```python\nx = 2\nprint(x)\n```"
SECOND = "```python\nx + 1\n```\nand\n```python\nprint(x * x)\n```"


def main(mode):
    mask("MathUserProxyAgent.DEFAULT_REPLY", MathUserProxyAgent.DEFAULT_REPLY)
    for name, text in math_user_proxy_agent.PROMPTS.items():
        mask(f"PROMPTS[{name}]", text)
    proxy = MathUserProxyAgent(code_execution_config={"use_docker": False, "work_dir": "."})
    solver = ConversableAgent(
        "solver", llm_config=llm_config(FIRST, "Hm.", SECOND, SECOND, "```sh\nls\n```", r"So it is \boxed{3}.")
    )
    chat(proxy, solver, message=proxy.message_generator, problem="What is 2 + 1?")
    record(proxy, solver)
    note("mode", proxy.human_input_mode)
    note("replies", [entry["reply_func"].__name__ for entry in proxy._reply_func_list])
    note(
        "first messages",
        [
            proxy.message_generator(proxy, solver, context)
            for context in (
                {"problem": "P", "prompt_type": "python"},
                {"problem": "P", "prompt_type": "two_tools"},
                {"problem": "P", "customized_prompt": "Please: "},
            )
        ],
    )
    note(
        "ends",
        [
            proxy._is_termination_msg({"content": text})
            for text in (
                r"\boxed{5}",
                r"\boxed{}",
                "5",
                "TERMINATE",
                FIRST + r"\boxed{5}",
                "```wolfram\nx\n```\\boxed{5}",
                None,
            )
        ],
    )
    for code in ("print(4)", "4", "x = 1", "1 / 0"):
        output, is_valid = proxy.execute_one_python_code(code)
        note(code, [output.strip() if is_valid else output[:6], is_valid])
    note("a long output", proxy.execute_one_python_code("print('y' * 3000)")[1])
