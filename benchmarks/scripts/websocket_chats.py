"""What 200 people who talk to one process over web sockets at once take: seconds, and memory for each of them.

The people are a process of their own. Each says a name, hears a model's answer over HTTP, says thanks and hears
another one; whoever misses a word, or hears one that was meant for somebody else, fails the benchmark.
"""

from __future__ import annotations

import asyncio
import importlib.util
import re
import resource
import socket
import subprocess
import sys
from time import perf_counter, process_time
from typing import Any

PEOPLE_AT_ONCE = 200
NAME = re.compile(r"person-\d+")


async def be_people(uri: str, number: int) -> None:
    """Talk to the agents as so many people at once."""
    from websockets.asyncio.client import connect

    async def talk(name: str) -> None:
        answers = [name, f"Thank you from {name}."]
        heard = ""
        async with connect(uri, proxy=None, open_timeout=60) as client:
            async for message in client:
                heard += str(message)
                if "Who are you?" in str(message) or "Press enter" in str(message):
                    await client.send(answers.pop(0))
        assert not answers, f"{name} was not asked"
        assert set(NAME.findall(heard)) == {name}, f"{name} heard {heard}"
        assert heard.count("which is as short as most") == 2, f"{name} missed an answer"

    await asyncio.gather(*(talk(f"person-{one}") for one in range(number)))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def measure() -> dict[str, float]:
    """Serve the people. AG2 sends them events instead of what is printed, and is left out."""
    from common import IMPLEMENTATION, QUICK, llm_config, load_autogen, printing_to_nowhere

    if IMPLEMENTATION.startswith("AG2") or importlib.util.find_spec("websockets") is None:
        return {}
    autogen = load_autogen()
    from autogen.io import IOWebsockets

    people = 20 if QUICK else PEOPLE_AT_ONCE

    def serve(stream: Any) -> None:
        name = stream.input("Who are you?")
        assistant = autogen.AssistantAgent("assistant", llm_config=llm_config(price=[0, 0]))
        user = autogen.UserProxyAgent("user", human_input_mode="ALWAYS", code_execution_config=False)
        user.initiate_chat(assistant, message=f"I am {name}.", max_turns=2)

    def serve_people(number: int) -> tuple[float, float]:
        start, worked = perf_counter(), process_time()
        port = free_port()  # not every implementation says which one it took for 0
        with IOWebsockets.run_server_in_thread(on_connect=serve, port=port):
            subprocess.run([sys.executable, __file__, f"ws://127.0.0.1:{port}", str(number)], check=True)
        return perf_counter() - start, process_time() - worked

    with printing_to_nowhere():
        serve_people(1)  # what is loaded on first use is loaded now
        start_of_people, _ = serve_people(1)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        elapsed, worked = serve_people(people)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    return {
        "websocket_chats": elapsed - start_of_people,
        "websocket_chats_cpu": worked,
        "websocket_chats_memory": grown / people,  # in KiB
    }


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(be_people(sys.argv[1], int(sys.argv[2])))
    else:
        from common import report

        report(**measure())
