"""Everything printed and asked goes through the IOStream, global or in a context."""

from autogen import ConversableAgent, UserProxyAgent
from autogen.io import IOConsole, IOStream
from scenario import chat, function_call, llm_config, note, record


class Collecting(IOStream):
    def __init__(self):
        self.calls = []

    def print(self, *objects, sep=" ", end="\n", flush=False):
        self.calls.append(["print", [str(item) for item in objects], sep, end, flush])

    def input(self, prompt="", *, password=False):
        self.calls.append(["input", prompt, password])
        return "exit" if len([call for call in self.calls if call[0] == "input"]) > 1 else ""


def main(mode):
    note("default", [type(IOStream.get_default()).__name__, type(IOStream.get_global_default()).__name__])
    user = UserProxyAgent(
        "user", code_execution_config={"use_docker": False, "work_dir": "w"}, function_map={"f": lambda: "f ran"}
    )
    bob = ConversableAgent(
        "bob",
        llm_config=llm_config(function_call("f", {}), "plain", name="bob", stream=False),
        human_input_mode="NEVER",
    )
    collecting = Collecting()
    with IOStream.set_default(collecting):
        chat(user, bob, message="hello")
    note("collected", collecting.calls)
    note("back", type(IOStream.get_default()).__name__)
    other = Collecting()
    IOStream.set_global_default(other)
    note("global", IOStream.get_default() is other)
    IOStream.set_global_default(IOConsole())
    IOConsole().print("a", "b", sep="-", end="!\n")
    record(user)
