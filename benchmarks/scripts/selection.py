"""What the choice of the next speaker costs when a model makes it, over HTTP, in a group of four."""

from __future__ import annotations

from time import perf_counter, process_time

from common import QUICK, llm_config, load_autogen, printing_to_nowhere, report, talker

autogen = load_autogen()
ROUNDS = 3 if QUICK else 12


def chat() -> None:
    agents = [talker(autogen, f"agent_{number}") for number in range(4)]
    group = autogen.GroupChat(agents=agents, messages=[], max_round=ROUNDS + 1, speaker_selection_method="auto")
    manager = autogen.GroupChatManager(groupchat=group, llm_config=llm_config("selector"), silent=True)
    agents[0].initiate_chat(manager, message="Let us begin.", silent=True)


with printing_to_nowhere():
    chat()
    start, worked = perf_counter(), process_time()
    chat()
    elapsed, work = perf_counter() - start, process_time() - worked
report(selection=elapsed / ROUNDS, selection_cpu=work / ROUNDS)
