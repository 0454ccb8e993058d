"""A society of mind: what its inner group is told, what is made of the inner talk, and what the outside sees."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from autogen.agentchat.contrib.society_of_mind_agent import SocietyOfMindAgent
from scenario import call, chat, hide_prompts, llm_config, note, raises, record, tool_calls

MODES = ("sync", "async")
TEXTS = (
    "Sum it up.",
    "Answer.",
    "I am in1",
    "I am in2",
    "I am user2",
    "task two",
    "task three",
    "task six",
    "a tree",
    "seen",
)


def member(name, **settings):
    settings = {"llm_config": False, "human_input_mode": "NEVER", "default_auto_reply": f"I am {name}", **settings}
    return ConversableAgent(name, **settings)


def society(preparer=None, rounds=3, members=None, silent=None, **settings):
    members = members or [member("in1"), member("in2")]
    group = GroupChat(agents=members, messages=[], max_round=rounds, speaker_selection_method="round_robin")
    manager = GroupChatManager(group, llm_config=False, silent=silent)
    settings = {"human_input_mode": "NEVER", **settings}
    return SocietyOfMindAgent("society", chat_manager=manager, response_preparer=preparer, **settings), group


def main(mode):
    def prepare(agent, messages):
        note("prepare", [agent.name, messages])
        return f"{len(messages)} messages"

    for model in ("own", "default", "tooled"):
        hide_prompts(model, *TEXTS)
    agent, group = society(prepare)
    note("replies", [entry["reply_func"].__name__ for entry in agent._reply_func_list])
    user = member("user")
    chat(user, agent, message="task one", max_turns=2)
    record(agent, agent.chat_manager, *group.agents)
    note("group", group.messages)

    own, _ = society("Sum it up.", llm_config=llm_config("prepared", "again", name="own"))
    chat(member("user2"), own, message="task two", max_turns=2)
    record(own)

    default, _ = society(llm_config=llm_config("by default", name="default"))
    chat(member("user3"), default, message="task three", max_turns=1)

    without_model, _ = society()
    with raises("no model and no preparer"):
        chat(member("user4"), without_model, message="task four", max_turns=1)

    def fail(recipient, messages, sender, config):
        raise ValueError("the inner agent failed")

    closing = member("in1", default_auto_reply=" all is TERMINATE done \n")
    done, _ = society(members=[closing, member("in2")], rounds=2)
    note("no model, and a word that ends chats", call(done, "generate_reply", [{"role": "user", "content": "go"}]))

    broken = member("in1")
    broken.register_reply([None, ConversableAgent], fail)
    failing, _ = society(prepare, members=[broken, member("in2")])
    with raises("an inner agent fails"):
        chat(member("user5"), failing, message="task five", max_turns=1)

    caller = member("in1", llm_config=llm_config(tool_calls(("look", {})), "seen", name="caller"))
    looker = member("in2")
    looker.register_for_execution("look")(lambda: "a tree")
    caller.register_for_llm(name="look", description="Look.")(lambda: "a tree")
    tooled, _ = society(
        "Answer.", rounds=4, members=[caller, looker], llm_config=llm_config("a tree it is", name="tooled")
    )
    chat(member("user6"), tooled, message="task six", max_turns=1)

    quiet, _ = society(prepare, silent=True)
    note("a direct reply", call(quiet, "generate_reply", [{"role": "user", "content": "direct", "name": "who"}]))
    parts = [
        {"role": "user", "content": "first", "name": "who"},
        {"role": "user", "content": [{"type": "text", "text": "parts"}]},
    ]
    with raises("content in parts"):
        note("parts", call(quiet, "generate_reply", parts))
    other, _ = society(prepare)
    quiet.update_chat_manager(other.chat_manager)
    note("manager changed", quiet.chat_manager is other.chat_manager)
    quiet.update_chat_manager(None)
    note("no manager", quiet.chat_manager)
    with raises("a reply without a manager"):
        note("without", call(quiet, "generate_reply", [{"role": "user", "content": "direct", "name": "who"}]))
    with raises("a manager of another kind"):
        quiet.update_chat_manager(member("x"))
        note("other", call(quiet, "generate_reply", [{"role": "user", "content": "direct", "name": "who"}]))
    outer = GroupChat([member("a"), agent, member("b")], [], max_round=4, speaker_selection_method="round_robin")
    chat(outer.agents[0], GroupChatManager(outer, llm_config=False), message="in a group")
    note("outer", outer.messages)
