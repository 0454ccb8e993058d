"""A conversation with an assistant. Start it with: streamlit run streamlit_app.py"""

import streamlit as st

from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.events import TextStreamed, listening


def new_agents():
    assistant = AssistantAgent("assistant", llm_config={"model": "gpt-4o-mini", "stream": True})
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    return assistant, user


if "agents" not in st.session_state:  # once for each visitor; Streamlit runs this file again at each step
    st.session_state.agents = new_agents()
assistant, user = st.session_state.agents

st.title("Ask the assistant")
for message in user.chat_messages[assistant]:
    st.chat_message(message["name"]).markdown(message["content"])

if question := st.chat_input("Your question"):
    st.chat_message("user").markdown(question)
    answer = st.chat_message("assistant").empty()
    pieces = []

    def show(event):
        pieces.append(event.text)
        answer.markdown("".join(pieces))

    with listening(show, kinds=[TextStreamed]):
        chat = user.initiate_chat(assistant, message=question, max_turns=1, clear_history=False, silent=True)
    answer.markdown(chat.summary)
