"""A swarm that does the work, while an agent that speaks asks the person for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any

from ...._core.content import content_str
from ...contrib.swarm_agent import initiate_swarm_chat
from ...conversable_agent import ConversableAgent

if TYPE_CHECKING:
    from ...._core.messages import Message, TextOrMessage
    from ...._core.party import Agent
    from .clients.realtime_client import Role
    from .realtime_agent import RealtimeAgent

__all__ = ("SwarmableAgent", "SwarmableRealtimeAgent", "register_swarm")

SWARM_SYSTEM_MESSAGE = (
    "You are the voice of a team. You speak with a person; the team does the work and cannot hear them. When the team "
    "needs to know something, you are sent a question. Say it to the person in your own words, listen, and hand over "
    "what they answer by calling answer_task_question. When the person has not answered yet, keep the conversation "
    "going, and never make up an answer for them."
)

QUESTION_ROLE: Role = "user"
QUESTION_MESSAGE = (
    "The team says this to the person you are speaking with:\n```\n{}\n```\nTell it to them now, and wait for what "
    "they say. Then call answer_task_question with their answer. If they have answered this already, call it at once."
)
QUESTION_TIMEOUT_SECONDS = 20

_FIRST_MESSAGE = "Find out what the user wants."


class SwarmableAgent(ConversableAgent):
    """An agent without a model, a person at a keyboard or code: a place in a swarm for whoever can give its replies."""

    def __init__(
        self,
        name: str,
        system_message: str = "You are a helpful AI Assistant.",
        is_termination_msg: Callable[..., bool] | None = None,
        description: str | None = None,
        silent: bool | None = None,
    ) -> None:
        """Create an agent.

        Args:
            name: its name.
            system_message: what it is.
            is_termination_msg: tells whether a message ends the chat.
            description: what it is good for.
            silent: whether nothing that it says is printed.
        """
        super().__init__(
            name,
            system_message=system_message,
            is_termination_msg=is_termination_msg,
            description=description,
            silent=silent,
            llm_config=False,
            human_input_mode="NEVER",
            code_execution_config=False,
        )


class SwarmableRealtimeAgent(SwarmableAgent):
    """The person in a swarm, whom a `RealtimeAgent` asks by voice.

    The swarm runs in a thread of its own, and its questions come from there; everything that is asynchronous runs in
    the event loop of the conversation.
    """

    def __init__(
        self,
        realtime_agent: RealtimeAgent,
        initial_agent: ConversableAgent,
        agents: list[ConversableAgent],
        question_message: str | None = None,
    ) -> None:
        """Stand for the person in a swarm.

        Args:
            realtime_agent: who speaks with the person.
            initial_agent: the agent of the swarm that begins.
            agents: the agents of the swarm.
            question_message: how the model is told to ask a question, which takes the place of ``{}``.
        """
        super().__init__(realtime_agent.name)
        self._realtime_agent = realtime_agent
        self._initial_agent = initial_agent
        self._agents = agents
        self._question_message = question_message or QUESTION_MESSAGE
        self._answer = ""
        self._answered = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asking: Future[str] | None = None

    def configure_realtime_agent(self, system_message: str | None) -> None:
        """Prepare the agent that speaks: what it is told, what it can call, and that the swarm starts with it.

        Args:
            system_message: what its model is told instead of how to speak for a swarm.
        """
        agent = self._realtime_agent
        agent._system_message = system_message or SWARM_SYSTEM_MESSAGE
        agent.register_realtime_function(name="answer_task_question", description="Answer question from the task")(
            self._take_answer
        )

        async def start() -> None:
            self._loop = asyncio.get_running_loop()
            try:
                await asyncio.to_thread(self.start_chat)
            finally:
                self._stop_asking()

        agent.callbacks.on_observers_ready = start

    def _stop_asking(self) -> None:
        """Let the swarm end, because nobody answers its questions any more."""
        self._loop = None
        if self._asking is not None:
            self._asking.cancel()

    def start_chat(self) -> None:
        """Run the swarm to its end in this thread."""
        initiate_swarm_chat(
            initial_agent=self._initial_agent,
            agents=self._agents,
            user_agent=self,  # type: ignore[arg-type]  # any agent can stand for the person
            messages=_FIRST_MESSAGE,
            after_work=None,
        )

    async def _take_answer(self, answer: str) -> str:
        return self.set_answer(answer)

    def set_answer(self, answer: str) -> str:
        """Take the person's answer; in the event loop of the conversation.

        Args:
            answer: the answer.

        Returns:
            What the model is told.
        """
        self._answer = answer
        self._answered.set()
        return "Answer set successfully."

    def reset_answer(self) -> None:
        """Forget the last answer."""
        self._answered.clear()

    async def get_answer(self) -> str:
        """Wait for the person's answer."""
        await self._answered.wait()
        return self._answer

    async def ask_question(self, question: str, question_timeout: int) -> None:
        """Have the person asked, and asked again until there is an answer.

        Args:
            question: the question.
            question_timeout: after how many seconds without an answer to ask again.
        """
        self.reset_answer()
        text = self._question_message.replace("{}", question)
        while True:
            await self._realtime_agent.realtime_client.send_text(role=QUESTION_ROLE, text=text)
            try:
                await asyncio.wait_for(self._answered.wait(), question_timeout)
                return
            except asyncio.TimeoutError:
                continue

    async def _ask(self, question: str) -> str:
        await self.ask_question(question, QUESTION_TIMEOUT_SECONDS)
        return await self.get_answer()

    def generate_reply(
        self,
        messages: list[Message] | None = None,
        sender: Agent | None = None,
        exclude: Collection[Callable[..., Any]] | None = None,
        **kwargs: Any,
    ) -> TextOrMessage | None:
        """What the person answers to the last message.

        Args:
            messages: the conversation; None takes what the agent and the sender said to each other.
            sender: who wrote the last message.
            exclude: has no effect, because no reply function is asked.
            **kwargs: has no effect.

        Returns:
            The answer; None if the message ends the chat, or nobody speaks with the person.
        """
        last = (self.chat_messages[sender] if messages is None and sender is not None else messages or [{}])[-1]
        if self._is_termination_msg(last) or self._loop is None:
            return None
        self._asking = asyncio.run_coroutine_threadsafe(self._ask(content_str(last.get("content"))), self._loop)
        try:
            return self._asking.result()
        except CancelledError:
            return None

    async def a_generate_reply(
        self,
        messages: list[Message] | None = None,
        sender: Agent | None = None,
        exclude: Collection[Callable[..., Any]] | None = None,
        **kwargs: Any,
    ) -> TextOrMessage | None:
        """What the person answers to the last message of an asynchronous chat; see `generate_reply`."""
        return await asyncio.to_thread(self.generate_reply, messages, sender)


def register_swarm(
    *,
    realtime_agent: RealtimeAgent,
    initial_agent: ConversableAgent,
    agents: list[ConversableAgent],
    system_message: str | None = None,
    question_message: str | None = None,
) -> None:
    """Let a swarm do the work of an agent that speaks.

    The swarm starts when the conversation does, with the task to find out what the user wants. Whenever it turns to its
    user, the model asks the person, and the person's answer goes back to the swarm.

    Args:
        realtime_agent: who speaks with the person.
        initial_agent: the agent of the swarm that begins.
        agents: the agents of the swarm.
        system_message: what the model that speaks is told instead of how to speak for a swarm.
        question_message: how it is told to ask a question, which takes the place of ``{}``.
    """
    person = SwarmableRealtimeAgent(realtime_agent, initial_agent, agents, question_message)
    person.configure_realtime_agent(system_message)
