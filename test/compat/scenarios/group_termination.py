"""How a group ends: the manager's is_termination_msg, a member without reply, max_round=1, TERMINATE of a member."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import chat, note

MODES = ("sync", "async")


class Mute(ConversableAgent):
    def generate_reply(self, messages=None, sender=None):
        return None

    async def a_generate_reply(self, messages=None, sender=None):
        return None


def speaker(name, says):
    return ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=says)


def main(mode):
    cases = {
        "word": ([speaker("ann", "a"), speaker("bob", "TERMINATE"), speaker("carl", "c")], {}, {}),
        "own word": (
            [speaker("ann", "a"), speaker("bob", "stop"), speaker("carl", "c")],
            {},
            {"is_termination_msg": lambda message: "stop" in message["content"]},
        ),
        "mute": ([speaker("ann", "a"), Mute("bob", llm_config=False), speaker("carl", "c")], {}, {}),
        "empty": ([speaker("ann", "a"), speaker("bob", ""), speaker("carl", "c")], {}, {}),
        "one round": ([speaker("ann", "a"), speaker("bob", "b"), speaker("carl", "c")], {"max_round": 1}, {}),
        "dict": (
            [speaker("ann", "a"), speaker("bob", {"content": "b", "name": "other"}), speaker("carl", "c")],
            {},
            {},
        ),
        "limit of a member": (
            [
                speaker("ann", "a"),
                ConversableAgent(
                    "bob",
                    llm_config=False,
                    human_input_mode="NEVER",
                    max_consecutive_auto_reply=1,
                    default_auto_reply="b",
                ),
            ],
            {"max_round": 9},
            {},
        ),
    }
    for case, (agents, group_settings, manager_settings) in cases.items():
        group = GroupChat(
            agents=agents, messages=[], **{"max_round": 4, "speaker_selection_method": "round_robin", **group_settings}
        )
        chat(agents[0], GroupChatManager(group, llm_config=False, **manager_settings), message="start")
        note(case, [[message["name"], message["content"]] for message in group.messages])
