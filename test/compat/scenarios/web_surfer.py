"""An agent that browses: what its model is told and asked, what the tools show, and what the outside sees."""

from autogen import ConversableAgent, GroupChat, GroupChatManager, OpenAIWrapper
from autogen.agentchat.contrib.web_surfer import WebSurferAgent
from autogen.browser_utils import AbstractMarkdownBrowser
from scenario import chat, hide_prompts, llm_config, note, raises, record, tool_calls

MODES = ("sync", "async")
PAGES = {"shelf:birds": ["A heron waits.", "An egret stands.", "A stork sleeps."], "search: birds": ["[x](http://y)"]}
TEXTS = (
    "Address: shelf:birds",
    "Title: Shelf",
    "Viewport position: Showing page 1 of 3.",
    "Viewport position: Showing page 2 of 3.",
    "=======================",
    "Your browser is currently open to the page 'Shelf' at the address 'shelf:birds'.",
    "Your browser is currently open to the page 'Shelf' at the address 'about:blank'.",
    "A heron waits.",
    "An egret stands.",
    "A stork sleeps.",
    "Open the shelf.",
    "Go on.",
    "Which bird?",
    "I am user",
)


class Shelf(AbstractMarkdownBrowser):
    """A browser without a network: each address has its parts."""

    page_title = "Shelf"

    def __init__(self):
        self._address = "about:blank"
        self._parts = [""]
        self.viewport_current_page = 0

    @property
    def address(self):
        return self._address

    @property
    def viewport_pages(self):
        return [(0, len(part)) for part in self._parts]

    @property
    def viewport(self):
        return self._parts[self.viewport_current_page]

    @property
    def page_content(self):
        return "\n".join(self._parts)

    def set_address(self, uri_or_path):
        self._address = uri_or_path
        self._parts = PAGES.get(uri_or_path, [f"Nothing at {uri_or_path}."])
        self.viewport_current_page = 0

    def page_down(self):
        self.viewport_current_page = min(self.viewport_current_page + 1, len(self._parts) - 1)

    def page_up(self):
        self.viewport_current_page = max(self.viewport_current_page - 1, 0)

    def visit_page(self, path_or_uri):
        self.set_address(path_or_uri)
        return self.viewport

    def open_local_file(self, local_path):
        return self.visit_page(local_path)

    def find_on_page(self, query):
        for number, part in enumerate(self._parts):
            if query in part:
                self.viewport_current_page = number
                return part
        return None

    def find_next(self):
        return None


def surfer(*replies, name, **settings):
    hide_prompts(name, *TEXTS)
    settings = {"human_input_mode": "NEVER", "browser": Shelf(), "summarizer_llm_config": False, **settings}
    agent = WebSurferAgent("surfer", llm_config=llm_config(*replies, name=name), **settings)
    return agent, tools(agent)


def user(name="user"):
    return ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply="Go on.")


def tools(agent):
    """The tools of the model. Their descriptions, which each library words in its own way, go."""
    offered = [one["function"] for one in agent._assistant.llm_config["tools"]]
    for one in offered:
        one["description"] = one["name"]
        for name, parameter in one["parameters"]["properties"].items():
            parameter["description"] = name
    agent._assistant.client = OpenAIWrapper(**agent._assistant.llm_config)
    return [(one["name"], sorted(one["parameters"]["properties"]), one["parameters"]["required"]) for one in offered]


def main(mode):
    agent, offered = surfer(
        tool_calls(("visit_page", {"url": "shelf:birds"})),
        tool_calls(("page_down", {})),
        tool_calls(("find_on_page_ctrl_f", {"search_string": "stork"})),
        tool_calls(("find_on_page_ctrl_f", {"search_string": "zebra"}), ("page_up", {})),
        tool_calls(("find_next", {})),
        tool_calls(("informational_web_search", {"query": "birds"})),
        tool_calls(("navigational_web_search", {"query": "birds"})),
        tool_calls(("download_file", {"url": "shelf:none"})),
        "A heron.",
        name="steps",
    )
    note("replies", [entry["reply_func"].__name__ for entry in agent._reply_func_list])
    note("tools", offered)
    chat(user(), agent, message="Open the shelf.", max_turns=9)
    record(agent)
    note("address", agent.browser.address)

    agent, _ = surfer(tool_calls(("visit_page", {"url": "shelf:birds"})), "A heron.", name="partners")
    chat(user(), agent, message="Open the shelf.", max_turns=1)
    chat(user("user2"), agent, message="Which bird?", max_turns=1)
    record(agent)

    _, offered = surfer(name="reading", summarizer_llm_config=llm_config("It waits.", name="reader"))
    note("tools with a reader", offered)

    agent, _ = surfer(tool_calls(("visit_page", {"url": "shelf:birds"})), name="group")
    members = [user(), agent, user("other")]
    group = GroupChat(agents=members, messages=[], max_round=3, speaker_selection_method="round_robin")
    chat(members[0], GroupChatManager(group, llm_config=False), message="Open the shelf.")
    note("group", group.messages)

    without_model = WebSurferAgent("surfer", llm_config=False, human_input_mode="NEVER", browser=Shelf())
    note("inner agents without a model", [without_model._assistant, without_model._user_proxy])
    with raises("browser and settings"):
        surfer(name="both", browser_config={"viewport_size": 10})
