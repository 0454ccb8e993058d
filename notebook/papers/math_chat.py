"""MathChat: a model and a proxy solve a problem of mathematics, step by step.

The model writes a program for what it cannot do in its head, the proxy runs it and sends back the output, and the chat
ends when the model puts its answer in a box. A script plays the model, mistake included.

The method is that of *MathChat: Converse to Tackle Challenging Math Problems with LLM Agents* (Wu et al., 2023).
"""

from autogen_classic import AssistantAgent
from autogen_classic.agentchat.contrib.math_user_proxy_agent import MathUserProxyAgent
from autogen_classic.math_utils import get_answer, is_equiv
from autogen_classic.testing import ScriptedClient

PROBLEM = "Find the sum of all positive whole numbers below 50 whose square ends in the digits of the number itself."

model = ScriptedClient(
    [
        "I try all.\n```python\nfound = [n for n in range(1, 50) if str(n * n).endswith(n)]\nfound\n```",
        "Texts, then.\n```python\nfound = [n for n in range(1, 50) if str(n * n).endswith(str(n))]\nfound\n```",
        "Now their sum.\n```python\nsum(found)\n```",
        "The numbers are 1, 5, 6 and 25, so the sum is $\\boxed{37}$.",
    ]
)
assistant = AssistantAgent("assistant", llm_config=model.llm_config())
proxy = MathUserProxyAgent(code_execution_config={"work_dir": "math", "use_docker": False})

result = proxy.initiate_chat(assistant, message=proxy.message_generator, problem=PROBLEM)

outputs = [request.last_text for request in model.requests[1:]]
answer = get_answer(result.summary)
is_right = is_equiv(answer, "37") == 1.0
print("Answer:", answer)
