"""auto selection with names in other forms: underscores, spaces, capitals, markdown, Role: prefixes."""

from autogen import ConversableAgent, GroupChat
from scenario import note


def main(mode):
    agents = [
        ConversableAgent(name, llm_config=False)
        for name in ("Product_Manager", "chief Story-Teller", "coder", "Coder2")
    ]
    group = GroupChat(agents=agents, messages=[])
    texts = [
        "Product_Manager",
        "Product Manager",
        "product_manager",
        "Product\\_Manager",
        "**Product_Manager**",
        "Role: coder",
        "coder.",
        "Coder2",
        "CODER",
        "chief Story-Teller",
        "chief_Story-Teller",
        "The next is coder, not Coder2.",
        "",
        "coder coder",
    ]
    for text in texts:
        note(text, group._mentioned_agents(text, agents))
    note("next_agent", [group.next_agent(agent).name for agent in agents])
    note("next_agent among few", group.next_agent(agents[0], agents[2:]).name)
    note("by name", [group.agent_by_name("coder"), group.agent_by_name("nobody")])
