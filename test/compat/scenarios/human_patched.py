"""get_human_input replaced on the instance by a lambda of one argument, overridden in a subclass, and
human_input_mode changed later.
"""

import asyncio

from autogen import ConversableAgent, UserProxyAgent
from scenario import chat, human, llm_config, note, record

MODES = ("sync", "async")


class Scripted(UserProxyAgent):
    def get_human_input(self, prompt):
        note("asked", prompt)
        return "from the subclass" if len(self.chat_messages[bob_of(self)]) < 3 else "exit"

    async def a_get_human_input(self, prompt):
        return self.get_human_input(prompt)


def bob_of(agent):
    return next(iter(agent.chat_messages))


def main(mode):
    bob = ConversableAgent("bob", llm_config=llm_config(*"abcdefgh", name="bob"), human_input_mode="NEVER")
    user = UserProxyAgent("user", code_execution_config=False)
    answer = human("patched", "exit")
    user.get_human_input = lambda prompt: answer(prompt)

    async def answer_later(prompt):
        await asyncio.sleep(0)
        return answer(prompt)

    user.a_get_human_input = answer_later
    chat(user, bob, message="hello")
    record(user)
    chat(Scripted("scripted", code_execution_config=False), bob, message="hello")
    user.human_input_mode = "NEVER"
    user._max_consecutive_auto_reply = 0
    chat(user, bob, message="nobody is asked now")
    record(user)
