"""The agent of a group that runs the tools of all others, and takes notice of who goes next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from ..._core.callables import is_built_in
from ..._core.drive import Ask, Steps, drive, drive_async, shipped
from ..._core.events import HandoffKind
from ..._core.messages import Message, called
from ..._core.party import Outcome
from .. import _literals
from .._replies.tool_calls import answer_to
from ..agent import Agent
from ..conversable_agent import ConversableAgent
from ._choices import acting_target, announce, is_available
from ._hidden_members import HiddenMembers
from ._tool_results import kept_result, reply_result_of, shown_result, text_of
from .context_variables import ContextVariables
from .on_condition import OnCondition
from .targets.transition_target import TransitionTarget

if TYPE_CHECKING:
    from ...tools.tool import Tool

__all__ = ("GroupToolExecutor",)


_NOT_AVAILABLE = "Error: This handoff is not available now."


def _group_tool_reply(
    executor: GroupToolExecutor,
    /,
    messages: list[Message] | None = None,
    sender: Agent | None = None,
    config: object = None,
) -> Steps[Outcome]:
    """Answer the tool calls of the last message one after the other; the last target that they name goes next."""
    sender_messages = executor._oai_messages[sender] if messages is None else messages
    message = sender_messages[-1]
    calls = message.get("tool_calls") or []
    if not calls:
        return False, None
    caller = executor.get_sender_agent_for_message(message) or ""
    executor.set_tool_call_originator(caller)
    next_target: TransitionTarget | None = None
    responses = []
    for call in calls:
        name = called(call).get("name", "")
        handoff = executor.called_handoff(caller, name)
        if handoff is not None and not is_available(handoff, executor.member(caller), sender_messages):
            responses.append(answer_to(call, _NOT_AVAILABLE))
            continue
        if executor.is_built_in_elsewhere(caller, name):
            responses.append(answer_to(call, _literals.FUNCTION_NOT_FOUND.format(name=name)))
            continue
        executor.begin_call(handoff)
        if handoff is None:
            executor.take_tool_of(caller, name)
        _, answer = yield Ask(executor, "execute_function", called(call), call.get("id"))
        responses.append(answer_to(call, answer.get("content", "")))
        if executor.has_next_target():
            next_target = executor.get_next_target()
            kind: HandoffKind = "tool" if handoff is None else "llm"
            announce(executor.member(caller), kind, next_target, sender)
    executor.answer_with(next_target)
    content = "\n".join(executor._str_for_tool_response(response) for response in responses)
    return True, {"role": "tool", "tool_responses": responses, "content": content}


class GroupToolExecutor(HiddenMembers):
    """Runs the tools that the agents of a group call, hands over where one of them says so, and keeps who goes next."""

    NAME: ClassVar[str] = "_Group_Tool_Executor"
    _classic_is_hidden = True
    _classic_names_itself_once = True  # AG2 prints who answers before the first of several answers only

    def __init__(self) -> None:
        """Create the agent; `register_agents_functions` gives it the tools of a group."""
        super().__init__(
            name=self.NAME,
            system_message="Runs the tools of the group.",
            description="Runs the tools that others call. It has nothing to say of its own.",
            human_input_mode="NEVER",
            llm_config=False,
        )
        self._group_next_target: TransitionTarget | None = None
        self._target_of_answer: TransitionTarget | None = None
        self._tool_call_originator: str | None = None
        self.members: dict[str, ConversableAgent] = {}
        self._tools_of: dict[str, dict[str, Callable[..., Any]]] = {}
        self._latecomers: list[tuple[ConversableAgent, TransitionTarget | None, ConversableAgent]] = []
        self._classic_group_executor = self
        for reply in (GroupToolExecutor._generate_group_tool_reply, GroupToolExecutor._a_generate_group_tool_reply):
            self.register_reply([Agent, None], reply, ignore_async_in_sync_chat=True)

    # --- Who goes next ----------------------------------------------------------------------------------------

    def set_next_target(self, next_target: TransitionTarget) -> None:
        """Say who goes next.

        Args:
            next_target: the target.
        """
        self._group_next_target = next_target

    def get_next_target(self) -> TransitionTarget:
        """Who goes next.

        Raises:
            ValueError: nobody has said so.
        """
        if self._group_next_target is None:
            raise ValueError(
                "No next target set. Please set a next target before calling this method. Use has_next_target() to "
                "check if a next target exists."
            )
        return self._group_next_target

    def has_next_target(self) -> bool:
        """Tell whether somebody has said who goes next."""
        return self._group_next_target is not None

    def clear_next_target(self) -> None:
        """Forget who goes next."""
        self._group_next_target = None

    def answer_with(self, target: TransitionTarget | None) -> None:
        """Say who goes next after an answer to calls.

        Args:
            target: the target; None for whom the usual order of decisions says.
        """
        self._group_next_target = self._target_of_answer = target

    def take_up_answer(self) -> bool:
        """Follow the target of the last answer, which a saved state has brought back; tell whether there is one."""
        self._group_next_target = self._target_of_answer
        return self.has_next_target()

    def set_tool_call_originator(self, agent_name: str) -> None:
        """Say who hands over, or calls the tools.

        Args:
            agent_name: the name of the agent.
        """
        self._tool_call_originator = agent_name

    def get_tool_call_originator(self) -> str | None:
        """The name of the agent that handed over or called tools last; None if none did."""
        return self._tool_call_originator

    def clear_tool_call_originator(self) -> None:
        """Forget who handed over or called tools last."""
        self._tool_call_originator = None

    # --- The tools of the group -------------------------------------------------------------------------------

    def register_agents_functions(
        self, agents: list[ConversableAgent], context_variables: ContextVariables | dict[str, Any]
    ) -> None:
        """Take over the tools of agents: those that their models know, and those that they can run.

        Args:
            agents: the agents.
            context_variables: the variables of the group.
        """
        self.context_variables = context_variables
        self._function_map.clear()
        self.members = {agent.name: agent for agent in agents}
        for agent in agents:
            for condition in agent.handoffs.llm_conditions:
                self._function_map[condition.llm_function_name or ""] = self._answer_handoff
        self._tools_of = {agent.name: self._runnable_tools(agent) for agent in agents}
        for tools in self._tools_of.values():
            for name, tool in tools.items():
                self._function_map.setdefault(name, tool)

    def _runnable_tools(self, agent: ConversableAgent) -> dict[str, Callable[..., Any]]:
        """The tools of an agent by their names, guarded where the agent is."""
        tools: dict[str, Callable[..., Any]] = {}
        for name, function in agent.function_map.items():
            tools[name] = self._runnable(getattr(function, "_origin", function))
        for tool in agent.tools:
            tools.setdefault(tool.name, self._runnable(tool))
        return {name: self._guarded(name, tool, agent) for name, tool in tools.items()}

    def _guarded(self, name: str, tool: Callable[..., Any], agent: ConversableAgent) -> Callable[..., Any]:
        """A tool, checked by all policies that guard an agent."""
        for enforcer, _ in agent._classic_safeguards:
            tool = enforcer.guarded_tool(self, name, tool)
        return tool

    def is_built_in_elsewhere(self, agent_name: str, name: str) -> bool:
        """Tell whether only the models of other agents know a tool by themselves: it is not for this one.

        Args:
            agent_name: the name of the agent.
            name: the name of the tool.
        """
        return is_built_in(self._function_map.get(name)) and name not in self._tools_of.get(agent_name, {})

    def take_tool_of(self, agent_name: str, name: str) -> None:
        """Where agents have tools or handoffs of the same name, let the next call run the tool of one of them.

        Args:
            agent_name: the name of the agent.
            name: the name of the tool.
        """
        own = self._tools_of.get(agent_name, {}).get(name)
        has_namesakes = sum(name in tools for tools in self._tools_of.values()) > 1
        if own is None or not (has_namesakes or self._function_map[name] == self._answer_handoff):
            return
        self._function_map[name] = self._guarded(name, own, self)

    def _runnable(self, function: Callable[..., Any]) -> Callable[..., Any]:
        from .._tool_registration import taking_json_values

        return taking_json_values(function, user=self, serialize=False)

    def make_tool_copy_with_context_variables(
        self, current_tool: Tool, context_variables: ContextVariables
    ) -> Tool | None:
        """Make a tool whose parameters of the type `ContextVariables` are filled in.

        Args:
            current_tool: the tool.
            context_variables: the variables; each call gets a copy of them.

        Returns:
            A tool without these parameters; None if it has none.
        """
        from ...tools.dependency_injection import has_injected_parameters
        from ...tools.tool import Tool

        if not has_injected_parameters(current_tool.__wrapped__):
            return None
        holder = GroupToolExecutor()
        holder.context_variables = context_variables
        return Tool(
            name=current_tool.name, description=current_tool.description, func_or_tool=current_tool.run_by(holder)
        )

    def function_is_agent_llm_handoff(self, agent_name: str, function_name: str) -> bool:
        """Tell whether a function is the handoff of an agent.

        Args:
            agent_name: the name of the agent.
            function_name: the name of the function.
        """
        return self.handoff_of(agent_name, function_name) is not None

    def handoff_of(self, agent_name: str, function_name: str) -> OnCondition | None:
        """The handoff of an agent that a function stands for, or None.

        Args:
            agent_name: the name of the agent.
            function_name: the name of the function.
        """
        conditions = self.members[agent_name].handoffs.llm_conditions if agent_name in self.members else []
        return next((one for one in conditions if one.llm_function_name == function_name), None)

    def called_handoff(self, agent_name: str, function_name: str) -> OnCondition | None:
        """The handoff that a call of an agent means, or None: its own, or else that of another agent.

        Args:
            agent_name: the name of the agent.
            function_name: the name of the function.
        """
        own = self.handoff_of(agent_name, function_name)
        if own is not None or function_name in self._tools_of.get(agent_name, {}):
            return own
        return next((found for name in self.members if (found := self.handoff_of(name, function_name))), None)

    def member(self, agent_name: str) -> ConversableAgent:
        """The agent of a name; the executor itself for a name that is not in the group.

        Args:
            agent_name: the name.
        """
        return self.members.get(agent_name, self)

    def is_handoff_function(self, message: Message) -> bool:
        """Tell whether a message of an agent calls nothing but its handoffs.

        Args:
            message: the message.
        """
        names = [called(call).get("name", "") for call in message.get("tool_calls") or []]
        sender = self.get_sender_agent_for_message(message)
        return bool(names) and all(self.function_is_agent_llm_handoff(sender or "", name) for name in names)

    def get_sender_agent_for_message(self, message: Message) -> str | None:
        """The name of the agent that said a message, or None.

        Args:
            message: the message as the executor has heard it.
        """
        name: str | None = message.get("name")
        return name

    # --- Its reply --------------------------------------------------------------------------------------------

    def begin_call(self, handoff: OnCondition | None) -> None:
        """Prepare for the next call of a tool.

        Args:
            handoff: the handoff that it stands for; None for a real tool, whose result may say who goes next.
        """
        self.clear_next_target()
        if handoff is not None:
            self.set_next_target(acting_target(self.member(self._tool_call_originator or ""), handoff.target))

    def _answer_handoff(self, **arguments: object) -> str:
        """The answer to a call that stands for a handoff; some models give arguments to it."""
        return str(self.get_next_target())

    def _classic_read_tool_result(self, returned: object) -> str:
        """Take notice of what a tool returns besides its text: the variables that it changes, and who goes next."""
        returned = self._as_group_result(returned)
        result = reply_result_of(returned)
        if result is None:
            return text_of(returned)
        if result.target is not None:
            self.set_next_target(result.target)
        return result._classic_taken_over_by(self)

    def _as_group_result(self, returned: object) -> object:
        """What a tool returned; a subclass knows other ways to say what a `ReplyResult` says."""
        return returned

    def _classic_keep_tool_result(self, returned: object) -> dict[str, object]:
        """What a recording keeps of the result of a tool."""
        return kept_result(self._as_group_result(returned))

    def _classic_shown_tool_result(self, text: str, target: str) -> object:
        """The result of a tool as a transcript shows it."""
        return shown_result(text, target)

    @shipped(_group_tool_reply)
    def _generate_group_tool_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
    ) -> Outcome:
        return drive(_group_tool_reply(self, messages, sender, config))

    @shipped(_group_tool_reply)
    async def _a_generate_group_tool_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
    ) -> Outcome:
        return await drive_async(_group_tool_reply(self, messages, sender, config))
