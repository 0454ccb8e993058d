"""Apply the rules of a safeguard policy to what agents, tools, models and people say."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ...._core.callables import is_asynchronous
from ...._core.events import Safeguarded, emit, is_heard
from ...._core.messages import Message, TextOrMessage, as_message
from ..guardrails import RegexGuardrail
from ..reply_result import ReplyResult
from ._rules import Kind, Policy, Rule, rules_of
from ._texts import MASK, texts_in, with_masked_texts, without_calls
from .validator import SafeguardValidator

if TYPE_CHECKING:
    from ....llm_config.config import LLMConfig
    from ....oai.client import OpenAIWrapper
    from ...agent import Agent
    from ...conversable_agent import ConversableAgent
    from ...groupchat import GroupChatManager

__all__ = ("SafeguardEnforcer",)

MessageT = TypeVar("MessageT", bound=TextOrMessage)

_BLOCKED = "🛡️ BLOCKED: {message}"
_MASK_PROMPT = (
    "Rewrite the text that follows without what meets this condition: put [SENSITIVE_INFO] in its place, change "
    "nothing else, and answer with the text alone.\nThe condition: {condition}"
)


class SafeguardEnforcer:
    """Applies a policy."""

    def __init__(
        self,
        policy: Policy,
        safeguard_llm_config: LLMConfig | dict[str, Any] | None = None,
        mask_llm_config: LLMConfig | dict[str, Any] | None = None,
        groupchat_manager: GroupChatManager | None = None,
        agents: list[ConversableAgent] | None = None,
    ) -> None:
        """Read a policy.

        Args:
            policy: a dict, or the path of a JSON file.
            safeguard_llm_config: the model for rules that ask one.
            mask_llm_config: the model that rewrites what such a rule masks; None for the same one.
            groupchat_manager: who leads the group that is guarded.
            agents: the agents that are guarded.

        Raises:
            ValueError: a rule lacks something, or asks a model where there is none.
        """
        validator = SafeguardValidator(policy)
        validator.validate_policy_structure()
        self.policy = validator.policy
        self.safeguard_llm_config = safeguard_llm_config
        self.mask_llm_config = mask_llm_config or safeguard_llm_config
        self.groupchat_manager = groupchat_manager
        self.agents = agents
        self._rules = rules_of(self.policy, safeguard_llm_config)
        self._masking: OpenAIWrapper | None = None

    @property
    def inter_agent_rules(self) -> list[Rule]:
        """The rules about messages between agents."""
        return [rule for rule in self._rules if rule.kind == "agent"]

    @property
    def environment_rules(self) -> list[Rule]:
        """The rules about tools, models and people."""
        return [rule for rule in self._rules if rule.kind != "agent"]

    def check_and_act(
        self, src_agent_name: str, dst_agent_name: str, message_content: TextOrMessage
    ) -> TextOrMessage | None:
        """Apply the rules about messages between agents.

        Args:
            src_agent_name: who speaks.
            dst_agent_name: who listens.
            message_content: the message.

        Returns:
            What is said instead, or None if the message stays as it is.
        """
        changed = self._changed("agent", src_agent_name, dst_agent_name, message_content)
        return None if changed is message_content else changed

    def guard(self, agent: ConversableAgent) -> None:
        """Guard an agent, and the tools that it has by now, by this policy besides those that guard it already.

        Args:
            agent: the agent.
        """
        hooks = self.create_agent_hooks(agent.name)
        agent._classic_safeguards = [*agent._classic_safeguards, (self, hooks)]
        for name, hook in hooks.items():
            agent.register_hook(name, hook)
        self._guard_tools(agent)

    def release(self, agent: ConversableAgent) -> None:
        """Guard an agent no longer; other policies still do.

        Args:
            agent: the agent.
        """
        for enforcer, hooks in agent._classic_safeguards:
            if enforcer is self:
                for name, hook in hooks.items():
                    if hook in agent.hook_lists[name]:
                        agent.hook_lists[name].remove(hook)
        agent._classic_safeguards = [one for one in agent._classic_safeguards if one[0] is not self]
        self._guard_tools(agent)

    @staticmethod
    def _guard_tools(agent: ConversableAgent) -> None:
        """Have the tools of an agent checked by all policies that guard it, and by no others."""
        for name, function in agent.function_map.items():
            while hasattr(function, "_classic_unguarded"):
                function = function._classic_unguarded
            for enforcer, _ in agent._classic_safeguards:
                function = enforcer.guarded_tool(agent, name, function)
            agent.function_map[name] = function

    def create_agent_hooks(self, agent_name: str) -> dict[str, Callable[..., Any]]:
        """Make the hooks of an agent: by their names, as `ConversableAgent.register_hook` takes them.

        Args:
            agent_name: the name of the agent.
        """
        hooks: dict[str, Callable[..., Any]] = {"process_message_before_send": self._before_send}
        if any(rule.kind == "llm" for rule in self._rules):

            def before_reply(messages: list[Message]) -> list[Message]:
                return [self._changed("llm", agent_name, "llm", message) for message in messages]

            hooks["process_all_messages_before_reply"] = before_reply
        return hooks

    def _before_send(
        self, sender: ConversableAgent, message: TextOrMessage, recipient: Agent, silent: bool
    ) -> TextOrMessage:
        said = as_message(message)
        typed = sender._human_input[-1:] == [said.get("content")]
        if typed:
            message = self._changed("user", "user", sender.name, message)
        elif sender.client is not None:
            message = self._changed("llm", "llm", sender.name, message)
        for source in _sources_of(sender, said, recipient):
            message = self._changed("agent", source, recipient.name, message)
        return message

    def guard_passing_on(self, manager: GroupChatManager) -> None:
        """Apply the rules about messages between agents to what a manager passes on for agents that are guarded.

        Args:
            manager: who leads a group.
        """

        def before_passing_on(
            sender: ConversableAgent, message: TextOrMessage, recipient: Agent, silent: bool
        ) -> TextOrMessage:
            for source in _sources_of(sender, as_message(message), recipient):
                for rule in self.inter_agent_rules:  # those about the manager were applied when the agent spoke
                    if rule.is_about("agent", source, recipient.name) and not rule.is_about(
                        "agent", source, sender.name
                    ):
                        message = self._after_rule(rule, source, recipient.name, message, raises=False)
            return message

        manager.register_hook("process_message_before_send", before_passing_on)

    def guarded_tool(self, agent: ConversableAgent, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Make a tool whose arguments and results are checked.

        Args:
            agent: who runs it.
            name: its name.
            function: the tool.
        """

        if not any(rule.kind == "tool" for rule in self._rules):
            return function

        def allowed(arguments: dict[str, Any]) -> dict[str, Any]:
            caller = _caller_of(agent)
            return {key: self._allowed_argument(caller, name, value) for key, value in arguments.items()}

        def checked(result: object) -> object:
            caller = _caller_of(agent)
            if isinstance(result, ReplyResult):
                message = self._changed("tool", name, caller, result.message)
                return result if message is result.message else result.model_copy(update={"message": message})
            return self._changed("tool", name, caller, result) if isinstance(result, str) else result

        if is_asynchronous(function):

            @functools.wraps(function)
            async def a_guarded(**arguments: Any) -> object:
                return checked(await function(**allowed(arguments)))

            guarded: Any = a_guarded
        else:

            @functools.wraps(function)
            def guarded(**arguments: Any) -> object:
                return checked(function(**allowed(arguments)))

        guarded._classic_unguarded = function
        result: Callable[..., Any] = guarded
        return result

    def _allowed_argument(self, caller: str, tool: str, value: object) -> object:
        """What a tool gets of an argument; a value that is not a text is read as the JSON that the model wrote."""
        if isinstance(value, str):
            return self._changed("tool", caller, tool, value, raises=True)
        if not isinstance(value, (dict, list, int, float)):
            return value
        asked: Message = {"content": None, "function_call": {"name": tool, "arguments": value}}
        kept = self._changed("tool", caller, tool, asked, raises=True)
        return value if kept is asked else json.loads(kept["function_call"]["arguments"])

    def _changed(self, kind: Kind, source: str, destination: str, message: MessageT, raises: bool = False) -> MessageT:
        for rule in self._rules:
            if rule.is_about(kind, source, destination):
                message = cast(MessageT, self._after_rule(rule, source, destination, message, raises))
        return message

    def _after_rule(
        self, rule: Rule, source: str, destination: str, message: TextOrMessage, raises: bool
    ) -> TextOrMessage:
        """What a rule leaves of a message: the same object, unless it changes something."""
        finds = functools.cache(rule.finds)  # a model is asked once about texts that recur in a message
        found = {text for text in texts_in(message) if finds(text)}
        if not found:
            return message
        if is_heard(Safeguarded):
            kind = type(rule.check).__name__
            emit(Safeguarded(rule.kind, rule.action, rule.message, source, destination, kind))
        if rule.action == "warning":
            return message
        if rule.action == "block":
            blocked = _BLOCKED.format(message=rule.message)
            if raises:
                raise PermissionError(blocked)  # a tool does not run; the model reads why
            return without_calls({**message, "content": blocked}) if isinstance(message, dict) else blocked
        return with_masked_texts(message, found, functools.cache(functools.partial(self._masked, rule)), finds)

    def _masked(self, rule: Rule, text: str) -> str:
        if isinstance(rule.check, RegexGuardrail):
            return rule.check.regex.sub(MASK, text)
        if self._masking is None:
            from ....oai.client import OpenAIWrapper

            settings = dict(self.mask_llm_config or {})
            self._masking = OpenAIWrapper(**{key: value for key, value in settings.items() if key != "tools"})
        prompt = _MASK_PROMPT.format(condition=rule.check.condition)
        messages = [{"role": "system", "content": prompt}, {"role": "user", "content": text}]
        response = self._masking.create(messages=messages)
        return str(self._masking.extract_text_or_completion_object(response)[0])


def _sources_of(sender: ConversableAgent, said: Message, recipient: Agent) -> list[str]:
    """Who says a message: what a manager passes on comes from others, and what a tool answers also from its caller."""
    group = getattr(sender, "groupchat", None)
    if group is None:
        return [sender.name]
    source = str(said.get("name") or sender.name)
    executor = group.agent_by_name(source)
    originator = getattr(executor, "get_tool_call_originator", lambda: None)()
    return [source] if originator in (None, recipient.name) else [source, originator]


def _caller_of(agent: ConversableAgent) -> str:
    """The name of the agent whose model called the tool that runs now."""
    originator = getattr(agent, "get_tool_call_originator", None)
    if originator is not None:
        return str(originator())
    for partner, messages in agent.chat_messages.items():
        if messages and (messages[-1].get("tool_calls") or messages[-1].get("function_call")):
            return str(partner.name)
    return agent.name
