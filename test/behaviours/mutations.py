"""For each item one change of the package that breaks it, to show that the item's test would notice.

`mutate.py` applies each mutation to a copy of the package. An item may be given by the beginning of its text.
`test_items.py` sees that each mutation still fits the package: whoever changes a line that stands here writes the
mutation anew, so that it breaks what its item says by the smallest change of the new line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path

AGENT = "agentchat/conversable_agent.py"
ATTEMPTS = "oai/_request/attempts.py"
CHAT = "agentchat/chat.py"
CODE = "agentchat/_replies/code.py"
DEVIATIONS = "../test/compat/deviations.json"
DRIVE = "_core/drive.py"
GROUP = "agentchat/groupchat.py"
HOOKS = "_core/hooks.py"
LITERALS = "agentchat/_literals.py"
LOOP = "agentchat/_groupchat/loop.py"
MODEL = "agentchat/_replies/model.py"
PERSON = "agentchat/_replies/person.py"
PRINTER = "agentchat/_printer.py"
REPLIES = "_core/replies.py"
SELECTION = "agentchat/_speakers/auto.py"
STEPS = "_core/steps.py"
TEXTS = "agentchat/_groupchat/texts.py"
TOOLS = "agentchat/_replies/tool_calls.py"
USER = "agentchat/user_proxy_agent.py"

LONG = 80  # characters of a text that is shown whole


@dataclass(frozen=True)
class Mutation:
    """A change of the package.

    Attributes:
        items: the items whose tests must fail, or the beginnings of their texts.
        changes: (path of a file as seen from the package, old text, new text); the old text must be there, and only
            once.
    """

    items: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]

    def changed(self, package: Path) -> dict[str, str]:
        """The files of the package that become others, with what they become.

        Raises:
            LookupError: the mutation is stale, because an old text is not there any more or stands in several places.
        """
        files: dict[str, str] = {}
        for name, old, new in self.changes:
            text = files.get(name) or (package / name).read_text(encoding="utf-8")
            if text.count(old) != 1:
                raise LookupError(f"{self.items[0]!r}: {name} has {old!r} {text.count(old)} times instead of once")
            files[name] = text.replace(old, new)
        return files

    @property
    def title(self) -> str:
        return "; ".join(f"{name}: {_difference(old, new)}" for name, old, new in self.changes)


@dataclass(frozen=True)
class Rename:
    """A change of a name in the whole package, as somebody might do who thinks that it is private."""

    items: tuple[str, ...]
    name: str
    only_attributes: bool = False

    def changed(self, package: Path) -> dict[str, str]:
        """The files of the package that become others, with what they become.

        Raises:
            LookupError: the mutation is stale, because nothing has the name any more.
        """
        start = r"(?<=\bagent\.)|(?<=\bself\.)" if self.only_attributes else r"\b"
        pattern = re.compile(f"(?:{start}){self.name}\\b")
        having = {name: text for name, text in texts_of(package).items() if self.name in text}
        renamed = {name: pattern.sub(f"{self.name}_renamed", text) for name, text in having.items()}
        files = {name: text for name, text in renamed.items() if text != having[name]}
        if not files:
            raise LookupError(f"{self.items[0]!r}: nothing is called {self.name!r}")
        return files

    @property
    def title(self) -> str:
        return f"{self.name} gets another name"


@cache
def texts_of(package: Path) -> dict[str, str]:
    """What each file of the package holds."""
    return {str(file.relative_to(package)): file.read_text(encoding="utf-8") for file in package.rglob("*.py")}


def _difference(old: str, new: str) -> str:
    """What becomes what in few words, without the beginning that a long text shares with what it becomes."""
    before, after = old.split(), new.split()
    if max(len(old), len(new)) > LONG:
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))))
        before, after = (["..."] * bool(shared) + words[shared:] for words in (before, after))
    return f"{_short(before)} -> {_short(after)}"


def _short(words: list[str]) -> str:
    line = " ".join(words)
    return line if len(line) <= LONG else line[: LONG - 3] + "..."


def change(item: str | tuple[str, ...], *parts: str) -> Mutation:
    """A mutation from an item, or several, and file, old, new, file, old, new, ..."""
    items = (item,) if isinstance(item, str) else item
    return Mutation(items, tuple(zip(parts[0::3], parts[1::3], parts[2::3], strict=True)))


def assertion(item: str, condition: str) -> Mutation:
    """Validate early in the constructor what 0.2.40 lets pass."""
    return change(
        item, AGENT, "        self._name = name\n", f"        assert {condition}\n        self._name = name\n"
    )


ATTRIBUTES = [
    "_oai_system_message",
    "_function_map",
    "_code_execution_config",
    "_name",
    "_is_termination_msg",
    "_consecutive_auto_reply_counter",
    "_max_consecutive_auto_reply",
    "_max_consecutive_auto_reply_dict",
    "_default_auto_reply",
    "reply_at_receive",
    "client_cache",
    "previous_cache",
    "hook_lists",
    "GroupChatManager._last_speaker",
    "_human_input",
    "OpenAIWrapper._config_list",
    "OpenAIWrapper._clients",
    "_append_oai_message",
    "_message_to_dict",
    "_process_received_message",
    "_print_received_message",
    "_generate_oai_reply_from_client",
    "_str_for_tool_response",
    "_normalize_name",
    "_assert_valid_name",
    "GroupChat._mentioned_agents",
    "GroupChat._participant_roles",
    "RetrieveUserProxyAgent._check_update_context",
]

MARKED = "        shipped_functions[id(function)] = ("

STATE = [
    *[Rename((f"state: {name}",), name.rpartition(".")[2]) for name in ATTRIBUTES],
    Rename(("state: client is read",), "client", only_attributes=True),
    Rename(("state: GroupChatManager._groupchat",), "_groupchat", only_attributes=True),
    Rename(("state: OpenAIWrapper.actual_usage",), "actual_usage_summary"),
    Rename(("state: _prepare_chat", "state: private methods are overridden"), "_prepare_chat"),
    change(
        "state: _oai_messages is the same",
        AGENT,
        "        return self._oai_messages\n",
        "        return dict(self._oai_messages)\n",
    ),
    change(
        "state: _oai_messages is keyed",
        STEPS,
        "agent._oai_messages[conversation_id].append(stored)",
        "agent._oai_messages[conversation_id.name].append(stored)",
    ),
    change(
        ("state: _oai_messages may be replaced", "state: a list assigned"),
        STEPS,
        "agent._oai_messages[conversation_id].append(stored)",
        "known = agent._oai_messages\n"
        "    agent._oai_messages = {**known, conversation_id: [*known.get(conversation_id, []), stored]}",
    ),
    change(
        "state: the last stored message",
        MODEL,
        "told + messages,",
        "told + messages[-1:],",
    ),
    change(
        "state: _oai_messages may be truncated",
        STEPS,
        'Ask(agent, "process_last_received_message", messages)',
        'Ask(agent, "process_last_received_message", list(messages))',
    ),
    change("state: the entries of _reply_func_list", REPLIES, '            "init_config": config,\n', ""),
    change(
        ("state: a fresh agent", "state: the code-execution reply"),
        AGENT,
        "self.register_reply(everybody, ConversableAgent.check_termination_and_human_reply)",
        "self.register_reply(everybody, ConversableAgent.check_termination_and_human_reply, 1)",
    ),
    change(
        ("state: _reply_func_list may be emptied", "state: entries of _reply_func_list may be deleted"),
        STEPS,
        "for entry in agent._reply_func_list:",
        'for entry in agent.__dict__.setdefault("_frozen", list(agent._reply_func_list)):',
    ),
    change(
        "state: entries of _reply_func_list are found",
        DRIVE,
        MARKED,
        f'        function.__name__ = function.__qualname__ = "reply"\n{MARKED}',
    ),
    change(
        "state: a reply function may be registered", REPLIES, "        position,\n        {", "        0,\n        {"
    ),
]

CALLS = [
    change(
        "calls: generate_reply(messages=",
        STEPS,
        '"generate_reply", messages=agent.chat_messages[sender], sender=sender)',
        '"generate_reply", agent.chat_messages[sender], sender)',
    ),
    change(
        "calls: generate_reply(sender=manager)",
        LOOP,
        'Ask(speaker, "generate_reply", sender=manager)\n    except KeyboardInterrupt:',
        'Ask(speaker, "generate_reply", messages=None, sender=manager)\n    except KeyboardInterrupt:',
    ),
    change(
        "calls: generate_reply(sender=manager)",
        LOOP,
        'Ask(leader, "generate_reply", sender=manager)',
        'Ask(leader, "generate_reply", messages=None, sender=manager)',
    ),
    change(
        "calls: a_generate_reply(sender=",
        STEPS,
        '"generate_reply", sender=sender)',
        '"generate_reply", messages=None, sender=sender)',
    ),
    change(
        ("calls: get_human_input(prompt)", "calls: a_get_human_input(prompt)"),
        PERSON,
        '"get_human_input", prompt,',
        '"get_human_input", prompt=prompt,',
    ),
    change(
        "calls: _print_received_message(message, sender), positional, patched on instances",
        PRINTER,
        "agent._print_received_message(event.message, event.sender)",
        "agent._print_received_message(message=event.message, sender=event.sender)",
    ),
    change(
        "calls: _print_received_message(message, sender), positional, patched on the class",
        PRINTER,
        "import Message, called\n",
        "import Message, as_message, called\n",
        PRINTER,
        "agent._print_received_message(event.message, event.sender)",
        "print_received_message(agent, as_message(event.message), event.sender)",
    ),
    change(
        (
            "calls: _process_received_message(message, sender, silent), positional, patched on instances",
            "calls: _process_received_message(message, sender, silent), positional, patched on the class",
        ),
        STEPS,
        "    agent._process_received_message(message, sender, silent)",
        "    process_received_message(agent, message, sender, silent)",
    ),
    change(
        "calls: send(message, recipient, silent=...) for a reply",
        STEPS,
        'Ask(agent, "send", reply, sender, silent=silent)',
        'Ask(agent, "send", reply, sender, None, silent=silent)',
    ),
    change(
        "calls: send(message, recipient, request_reply=...",
        STEPS,
        'Ask(agent, "send", message, recipient, request_reply=True, silent=silent)',
        'Ask(agent, "send", message, recipient, True, silent)',
    ),
    change(
        "calls: send(message, recipient, silent=...) opens",
        STEPS,
        'Ask(agent, "send", message, recipient, silent=silent)',
        'Ask(agent, "send", message, recipient, request_reply=True, silent=silent)',
    ),
    change(
        ("calls: receive(", "calls: request_reply of receive"),
        STEPS,
        'Ask(recipient, "receive", message, agent, request_reply, silent)',
        'Ask(recipient, "receive", message, agent, request_reply=request_reply, silent=silent)',
    ),
    change(
        "calls: _append_oai_message(",
        STEPS,
        '"assistant", recipient, is_sending=True)',
        '"assistant", recipient, True)',
    ),
    change(
        "calls: generate_init_message(",
        "agentchat/_first_message.py",
        'Ask(agent, "generate_init_message", message, **context)',
        'Ask(agent, "generate_init_message", message=message, **context)',
    ),
    change("calls: run_code(", CODE, 'agent.run_code(code, lang="python"', 'agent.run_code(code=code, lang="python"'),
    change(
        "calls: execute_code_blocks(",
        CODE,
        "agent.execute_code_blocks, blocks)",
        "agent.execute_code_blocks, code_blocks=blocks)",
    ),
    change(
        "calls: execute_function(func_call)",
        TOOLS,
        'Ask(agent, "execute_function", function_call)',
        'Ask(agent, "execute_function", function_call, False)',
    ),
    change(
        "calls: a_execute_function(func_call)",
        TOOLS,
        "Call(agent.a_execute_function, function_call)",
        "Call(agent.a_execute_function, function_call, False)",
    ),
    change(
        "calls: GroupChat.select_speaker(",
        LOOP,
        'Ask(groupchat, "select_speaker", last_speaker, manager)',
        'Ask(groupchat, "select_speaker", manager, last_speaker)',
    ),
    change(
        "calls: GroupChat.select_speaker_msg(",
        SELECTION,
        "        selection_agent.update_system_message(groupchat.select_speaker_msg(agents))",
        "        selection_agent.update_system_message(groupchat.select_speaker_msg())",
    ),
    change(
        "calls: GroupChat.select_speaker_prompt(",
        SELECTION,
        "groupchat.select_speaker_prompt(agents)",
        "groupchat.select_speaker_prompt()",
    ),
    change(
        "calls: GroupChat.agent_by_name(",
        SELECTION,
        "groupchat.agent_by_name(names[0])",
        "groupchat.agent_by_name(names[0], recursive=False)",
    ),
    change(
        "calls: GroupChat.append(",
        LOOP,
        "groupchat.append(message, speaker)",
        "groupchat.append(message=message, who=speaker)",
    ),
    change("calls: GroupChat.reset(", GROUP, "self._groupchat.reset()", "self._groupchat.messages.clear()"),
    change(
        "calls: GroupChat.next_agent(",
        "agentchat/_speakers/round_robin.py",
        "groupchat.next_agent(last_speaker, candidates)",
        "groupchat.next_agent(last_speaker)",
    ),
    change("calls: GroupChat is a dataclass", GROUP, "    def __post_init__(self)", "    def _check(self)"),
    change(
        "calls: overriding generate_oai_reply",
        AGENT,
        "self.register_reply(everybody, ConversableAgent.generate_oai_reply)",
        "self.register_reply(everybody, type(self).generate_oai_reply)",
    ),
    change(
        "calls: exclude=[...]",
        STEPS,
        "if reply_func in excluded:",
        "if reply_func.__name__ in [one.__name__ for one in excluded]:",
    ),
    change(
        (
            "calls: ConversableAgent.generate_reply is patched",
            "calls: ConversableAgent.send is patched",
            "calls: ConversableAgent.execute_function is patched",
            "calls: an internal call",
        ),
        DRIVE,
        MARKED,
        f"        _first.setdefault(function.__name__, function)\n{MARKED}",
        DRIVE,
        "shipped_functions: dict[int,",
        "_first: dict[str, Any] = {}\nshipped_functions: dict[int,",
        DRIVE,
        "Ask):\n                    function = getattr(request.owner, request.name)\n",
        "Ask):\n                    function = getattr(request.owner, request.name)\n"
        "                    if request.name in _first:\n"
        "                        function = _first[request.name].__get__(request.owner)\n",
    ),
    change(
        "calls: ConversableAgent.a_send and",
        CHAT,
        "import WHICH_WAY, Ask, Steps\n",
        "import WHICH_WAY, Ask, Steps, drive_async\n",
        CHAT,
        'prepared["sender"].a_initiate_chat(**prepared)',
        'drive_async(chat_steps(prepared["sender"], **prepared))',
    ),
    change(
        "calls: ConversableAgent.initiate_chat is patched",
        CHAT,
        "import WHICH_WAY, Ask, Steps\n",
        "import WHICH_WAY, Ask, Steps, drive\n",
        CHAT,
        'prepared["sender"].initiate_chat(**prepared)',
        'drive(chat_steps(prepared["sender"], **prepared))',
    ),
    change(
        "calls: ConversableAgent.__init__ is patched",
        USER,
        '__all__ = ("UserProxyAgent",)',
        '__all__ = ("UserProxyAgent",)\n_construct = ConversableAgent.__init__',
        USER,
        "super().__init__(",
        "_construct(\n            self,",
    ),
    change(
        "calls: GroupChatManager.run_chat is patched",
        GROUP,
        "self.register_reply(Agent, GroupChatManager.run_chat,",
        "self.register_reply(Agent, lambda *a, **k: drive(loop.run_chat(*a, **k)),",
    ),
    Rename(("calls: OpenAIClient.create is patched", "calls: patches go through dotted"), "OpenAIClient"),
]

VALIDATE = "        if llm_config is None:\n            from ..llm_config.config import current_llm_config"


def refuse(item: str, condition: str) -> Mutation:
    """Refuse an llm_config that 0.2.40 takes."""
    return change(item, AGENT, VALIDATE, f"        assert not llm_config or {condition}\n{VALIDATE}")


NO_MODEL = '({}, {"config_list": []}, {"config_list": [{"model": ""}]})'
CUSTOM = "agentchat/_speakers/custom.py"

LOOSE = [
    assertion("loose: positional arguments", "is_termination_msg is None or callable(is_termination_msg)"),
    assertion("loose: max_consecutive_auto_reply=", "not isinstance(max_consecutive_auto_reply, str)"),
    assertion("loose: agent names with spaces", '" " not in name'),
    change(
        ("loose: two agents of one name", "loose: a manager may chat with itself"),
        CHAT,
        "    both = (agent, recipient)\n",
        "    both = (agent, recipient)\n    assert agent.name != recipient.name\n",
    ),
    refuse("loose: an llm_config without config_list", '"config_list" in llm_config'),
    refuse("loose: an llm_config with foreign", '"request_timeout" not in llm_config'),
    refuse("loose: an llm_config with tools=None", 'llm_config.get("tools", []) is not None'),
    refuse("loose: an llm_config with seed", 'not isinstance(llm_config.get("seed"), str)'),
    change("loose: the constructor refuses an empty llm_config", AGENT, NO_MODEL, NO_MODEL.replace("{}, ", "", 1)),
    change(
        "loose: the constructor refuses an empty config_list",
        AGENT,
        NO_MODEL,
        NO_MODEL.replace('{"config_list": []}, ', ""),
    ),
    change(
        "loose: the constructor refuses an llm_config without model",
        AGENT,
        NO_MODEL,
        NO_MODEL.replace(', {"config_list": [{"model": ""}]}', ""),
    ),
    change(
        "loose: the constructor refuses an llm_config without any key",
        "oai/_request/state.py",
        "and not has_credentials(entry) and",
        "and False and",
    ),
    change(
        "loose: the constructor refuses an llm_config of another type",
        AGENT,
        "if llm_config not in (None, False) and not isinstance(llm_config, dict):",
        "if False:",
    ),
    change("loose: self.description", AGENT, "    @description.setter\n", "    @staticmethod\n"),
    change(
        "loose: initiate_chat takes any keyword",
        "agentchat/_first_message.py",
        "Call(message, agent, recipient, context)",
        "Call(message, agent, recipient, {})",
    ),
    change(
        "loose: an agent may send to itself",
        STEPS,
        "    if isinstance(recipient, (str, type)):\n",
        "    if recipient is agent or isinstance(recipient, (str, type)):\n",
    ),
    change(
        "loose: a speaker-selection function may return an agent",
        CUSTOM,
        "any(chosen is agent for agent in groupchat.agents)",
        "False",
    ),
    change(
        "loose: a speaker-selection function may return the name", CUSTOM, "isinstance(chosen, str) or any(", "any("
    ),
    change(
        "loose: a speaker-selection function may return None", CUSTOM, "raise NoEligibleSpeaker(", "raise ValueError("
    ),
    change("loose: a trigger is an agent", REPLIES, "return bool(trigger == sender)", "return False"),
    change(
        "loose: a trigger is a class",
        REPLIES,
        "return trigger in type(sender).__mro__ or (sender is not None and isinstance(sender, trigger))",
        "return trigger is type(sender)",
    ),
    change("loose: a trigger is a name", REPLIES, "trigger == sender.name", "False"),
    change(
        ("loose: a trigger is a callable", "loose: a trigger is a functools.partial"),
        REPLIES,
        "fires = trigger(sender)",
        "fires = False",
    ),
    change(
        "loose: a trigger is a list",
        REPLIES,
        "or matches(choice, sender):",
        "or (not isinstance(choice, list) and matches(choice, sender)):",
    ),
    change("loose: a list of triggers may hold None", REPLIES, "return sender is None", "return False"),
    change(
        "loose: None alone",
        REPLIES,
        "elif not isinstance(trigger, (type, str)):",
        "elif not isinstance(trigger, (type, str, type(None))):",
    ),
    change(
        "loose: a reply function may be a bound method",
        STEPS,
        "asynchronous, reply_func, agent, messages=messages,",
        'asynchronous, getattr(reply_func, "__func__", reply_func), agent, messages=messages,',
    ),
    change(
        "loose: a reply function is called as",
        STEPS,
        "asynchronous, reply_func, agent, messages=messages, sender=sender,",
        "asynchronous, reply_func, agent, messages=messages, author=sender,",
    ),
    change("loose: observers", STEPS, "        if final:\n", "        if final or steps_behind is None:\n"),
    change(
        "loose: a content may be a callable",
        "oai/_request/templates.py",
        "return template(context) if callable(template) else template",
        "return template",
    ),
    change(
        "loose: the default is_termination_msg",
        AGENT,
        'return content_str(message.get("content")) == _literals.TERMINATE',
        'return message.get("content") == _literals.TERMINATE',
    ),
    change('loose: a message always has "content"', "_core/messages.py", 'stored["content"] = None', "pass"),
    change("loose: an asynchronous reply function", CHAT, "if not asynchronous:", "if False:"),
    change(
        "loose: ignore_async_in_sync_chat",
        AGENT,
        'if entry.get("ignore_async_in_sync_chat"):',
        'if entry["reply_func"].__name__.startswith(("a_check", "a_gen")):',
    ),
    change("loose: synchronous hooks", HOOKS, "if not look_up(hook)[1]]", "if look_up(hook)[1]]"),
    change("loose: synchronous hooks", HOOKS, "if not look_up(hook)[1]]", "]"),
    change("loose: a_ hooks", HOOKS, "if not in_asynchronous_chat:", "if False:"),
    change("loose: a_ hooks", HOOKS, "if not in_asynchronous_chat:", "if True:"),
    change(
        "loose: in an asynchronous chat the a_ twin",
        STEPS,
        "if is_coroutine_function and not asynchronous:",
        "if is_coroutine_function:",
    ),
    change(
        "loose: who replaces one twin",
        REPLIES,
        '        if entry["reply_func"] == old:',
        '        if entry["reply_func"].__name__.removeprefix("a_") == old.__name__.removeprefix("a_"):',
    ),
    change(
        "loose: who removes one twin",
        STEPS,
        "twins.setdefault(steps_behind, reply_func) is reply_func:",
        "is_coroutine_function:",
    ),
    change(
        "loose: after max_retries",
        SELECTION,
        "                break\n    return groupchat.next_agent(last_speaker, agents)",
        "                break\n    return agents[-1]",
    ),
    change("loose: the hidden agents", TEXTS, 'CHECKING_AGENT = "checking_agent"', 'CHECKING_AGENT = "checker"'),
    change(
        "loose: ChatResult.cost",
        CHAT,
        "    both = (agent, recipient)\n",
        "    both = (agent, recipient)\n    [one.client.clear_usage_summary() for one in both if one.client]\n",
    ),
    change("loose: programs silence loggers", "oai/client.py", '("autogen.oai.client")', "(__name__)"),
    change("loose: programs compare autogen.__version__", "version.py", '"0.2.40"', '"0.1.0"'),
    change("loose: import autogen alone", "__init__.py", '    "Completion": ".oai.completion",\n', ""),
]

PRINTED = [
    change("printed: the sender stands in yellow", PRINTER, '(sender.name, "yellow")', '(sender.name, "cyan")'),
    change("printed: sender, (to RECIPIENT)", PRINTER, '"(to", f"{agent.name}):\\n"', '"to", f"{agent.name}:\\n"'),
    change(
        ("printed: a suggested tool call", "printed: a suggested function call"),
        PRINTER,
        'show_line("Arguments: \\n", arguments',
        'show_line("Arguments: ", arguments',
    ),
    change(
        ("printed: an answered tool call", "printed: an answered function call"),
        PRINTER,
        '    show_line(content, flush=True)\n    show_line(colored("*" * len(heading),',
        '    show_line(content, flush=True)\n    show_line(colored("*" * 3,',
    ),
    change("printed: >>>>>>>> USING AUTO", LITERALS, "USING AUTO REPLY...", "AUTO REPLY..."),
    change(
        "printed: >>>>>>>> EXECUTING CODE BLOCK N",
        CODE,
        "in enumerate(code_blocks):",
        "in enumerate(code_blocks, start=1):",
    ),
    change(
        "printed: with an executor >>>>>>>> EXECUTING CODE BLOCK",
        PRINTER,
        "elif len(event.languages) == 1:",
        "elif not event.languages:",
    ),
    change("printed: with an executor >>>>>>>> EXECUTING 3", LITERALS, "[{languages}]", "{languages}"),
    change(
        "printed: >>>>>>>> EXECUTING FUNCTION",
        LITERALS,
        'EXECUTING_FUNCTION = "\\n>>>>>>>>',
        'EXECUTING_FUNCTION = "\\n>>>',
    ),
    change("printed: Next speaker", LITERALS, "Next speaker: {name}", "Next: {name}"),
    change("printed: the starred", LITERALS, "Starting a new chat....", "Starting a new chat..."),
    change(
        "printed: everything goes",
        PRINTER,
        "    IOStream.get_default().print(colored(text, color)",
        "    print(colored(text, color)",
    ),
    change(
        "printed: warnings of the group chat",
        "agentchat/_groupchat/candidates.py",
        'warn(\n            logger,\n            "GroupChat is under',
        'print(\n            "GroupChat is under',
    ),
]

TEXT_CHANGES = [
    change("literals: the default system message", LITERALS, "helpful AI Assistant", "helpful assistant"),
    change("literals: the placeholder defaults", GROUP, 'admin_name: str = "Admin"', 'admin_name: str = "admin"'),
    change("literals: exitcode: N (execution succeeded)", LITERALS, '"execution succeeded"', '"succeeded"'),
    change("literals: exitcode: N (execution failed)", LITERALS, '"execution failed"', '"failed"'),
    change(
        "literals: Timeout and exit code 124",
        "_code/outcome.py",
        "TIMEOUT_EXIT_CODE = 124",
        "TIMEOUT_EXIT_CODE = 1",
    ),
    change(
        "literals: Timeout and exit code 1 from", "_code/outcome.py", 'TIMEOUT_MSG = "Timeout"', 'TIMEOUT_MSG = "Time"'
    ),
    change("literals: Error: Function", LITERALS, "Error: Function {name} not found.", "Error: no function {name}."),
    change("literals: the carryover frame", LITERALS, '"\\nContext: \\n"', '"\\n\\nContext:\\n"'),
    change("literals: the prompt for human input in the mode", LITERALS, "Replying as {agent}.", "Reply as {agent}."),
    change(
        "literals: the prompt for human input at a termination",
        LITERALS,
        "Press enter or type 'exit'",
        "Press Enter or type 'exit'",
    ),
    change(
        "literals: the prompt for human input at the limit",
        LITERALS,
        "\"or type 'exit' to stop the conversation: \"",
        "\"or type 'exit' to stop: \"",
    ),
    change("literals: the prompt for a first message", LITERALS, 'ASK_FIRST_MESSAGE = ">"', 'ASK_FIRST_MESSAGE = "> "'),
    change("literals: >>>>>>>> NO HUMAN INPUT", LITERALS, "NO HUMAN INPUT RECEIVED.", "NO INPUT."),
    change("literals: USER INTERRUPTED", LITERALS, "USER INTERRUPTED", "INTERRUPTED"),
    change(
        "literals: exit ends a chat",
        PERSON,
        "if answer == _literals.EXIT:",
        "if answer and answer.strip() == _literals.EXIT:",
    ),
    change(
        "literals: TERMINATE ends a chat",
        AGENT,
        'content_str(message.get("content")) == _literals.TERMINATE',
        '_literals.TERMINATE in content_str(message.get("content"))',
    ),
    change(
        "literals: TERMINATE is taken out",
        "agentchat/_summary.py",
        'text.replace(_literals.TERMINATE, "") for text in',
        "text for text in",
    ),
    change("literals: the introduction", TEXTS, "Hello everyone.", "Hello everybody."),
    change("literals: the speaker lines", TEXTS, ">>>>>>>> Select speaker attempt", ">>>>>>>> Speaker attempt"),
    change("literals: No eligible speaker", TEXTS, "No eligible speaker found.", "No speaker found."),
    Rename(("literals: the attribute or parameter",), "DEFAULT_DESCRIPTION"),
    change(
        "literals: longer prompts may be replaced",
        "agentchat/_summary.py",
        'prompt = arguments.get("summary_prompt")',
        "prompt = None",
    ),
    change(
        "literals: the short texts stand in one",
        PRINTER,
        "def show(",
        'AUTO = ">>>>>>>> USING AUTO REPLY..."\n\n\ndef show(',
    ),
]

LAST_MESSAGE = (
    "    if hooks.LAST_MESSAGE.is_used_by(agent):\n"
    '        messages = yield Ask(agent, "process_last_received_message", messages)\n'
)
AS_BEFORE = "    if agent._classic_processed_messages:\n        messages = hooks.as_processed_before(agent, messages)\n"
ALL_MESSAGES = (
    "    if hooks.ALL_MESSAGES.is_used_by(agent):\n"
    '        messages = yield Ask(agent, "process_all_messages_before_reply", messages)\n'
)

IN_THIS_THREAD = (
    "                    value = False\n"
    "                    continue\n"
    '                plain = getattr(function, "__func__", function)\n'
    "                inner_steps = "
)

REPAIRED = [
    change(
        ("repaired: asynchronous chats ask", "repaired: asynchronous chats count"),
        STEPS,
        "twins.setdefault(steps_behind, reply_func) is reply_func:",
        "True:",
    ),
    change(
        "repaired: hooks run in another order",
        STEPS,
        f"{LAST_MESSAGE}{AS_BEFORE}{ALL_MESSAGES}",
        f"{AS_BEFORE}{ALL_MESSAGES}{LAST_MESSAGE}",
    ),
    change(
        "repaired: the asynchronous path logs nothing",
        STEPS,
        "    if hearing:\n        deliver(MessageSent(",
        "    if hearing and not (yield WHICH_WAY):\n        deliver(MessageSent(",
    ),
    change("repaired: context is popped", MODEL, 'messages[-1].get("context")', 'messages[-1].pop("context", None)'),
    change(
        "repaired: a processed last message",
        HOOKS,
        '    return [*messages[:-1], {**last, "content": processed}]',
        '    last["content"] = processed\n    return messages',
    ),
    change("repaired: later requests", STEPS, AS_BEFORE, ""),
    change(
        "repaired: ChatResult.chat_history",
        CHAT,
        "chat_history=snapshot(agent.chat_messages[recipient])",
        "chat_history=agent.chat_messages[recipient]",
    ),
    change(
        "repaired: a long conversation",
        DRIVE,
        f"{IN_THIS_THREAD}shipped_functions.get(id(plain), _NOT_SHIPPED)[0]",
        f"{IN_THIS_THREAD}None",
    ),
    change(
        'repaired: every "auto" selection',
        SELECTION,
        "if room is None or not room.fits(groupchat):",
        "if True:",
    ),
    change(
        ('repaired: an "auto" selection loses the manager', 'repaired: an "auto" selection loses the cost'),
        SELECTION,
        "            selection_agent.client, selection_agent.llm_config = selector.client, selector.llm_config\n",
        "            selection_agent.client = type(selector.client)(**selector.llm_config)\n",
    ),
    change(
        'repaired: an "auto" selection loses the cache',
        SELECTION,
        "selection_agent.client_cache = selector.client_cache",
        "selection_agent.client_cache = None",
    ),
    change(
        "repaired: deep copies",
        MODEL,
        "    if not isinstance(llm_config, dict):\n        return llm_config\n",
        '    return __import__("copy").deepcopy(llm_config)\n',
    ),
    change(
        "repaired: (AG2) registering",
        MODEL,
        "    if not isinstance(llm_config, dict):\n        return llm_config\n",
        "    return llm_config\n",
    ),
    change(
        ("repaired: clearing history separates", "repaired: clearing separates"),
        "_core/history.py",
        "return wanted + 1 if is_answer else wanted",
        "return wanted",
    ),
    change(
        "repaired: clearing ignores",
        AGENT,
        "if nr_messages_to_preserve:",
        "if nr_messages_to_preserve and recipient is None:",
    ),
    change(
        "repaired: cost is 0",
        ATTEMPTS,
        "found is not None and (found or self.knows_price(response))",
        "found is not None",
    ),
    change(
        ("repaired: cached completions", "repaired: a pickle in a cache"),
        "cache/disk_cache.py",
        "from . import _store as diskcache",
        "import diskcache",
    ),
    change(
        "repaired: text files",
        "_code/process/environment.py",
        'environment.setdefault("PYTHONUTF8", "1")',
        'environment.setdefault("PYTHONUTF8", "0")',
    ),
    change(
        "repaired: a timed-out code block",
        "_code/process/command.py",
        "            os.killpg(process.pid, signal.SIGKILL)\n        kill_marked(mark)\n",
        "            os.kill(process.pid, signal.SIGKILL)\n",
    ),
    change("repaired: the library says so", DEVIATIONS, "RecursionError", "error"),
]

CONFLICTS = [
    change(
        "conflict: gather_usage_summary",
        "agentchat/utils.py",
        'return {"usage_including_cached_inference": including, "usage_excluding_cached_inference": excluding}',
        "return including, excluding",
    ),
    change("conflict: execute_function(func_call, verbose) has", TOOLS, "if isinstance(call_id, bool):", "if False:"),
    change(
        "conflict: execute_function takes",
        AGENT,
        "    def execute_function(\n"
        "        self, func_call: dict[str, Any], call_id: str | bool | None = None, verbose: bool = False\n",
        "    def execute_function(\n"
        "        self, func_call: dict[str, Any], verbose: bool = False, call_id: str | bool | None = None\n",
    ),
    change(
        "conflict: get_human_input takes",
        AGENT,
        "    def get_human_input(self, prompt: str, *, iostream",
        "    def get_human_input(self, prompt: str, iostream",
    ),
]

SURFACE = [
    Rename(("surface: the most used names can",), "register_nested_chats"),
    Rename(("surface: the keywords of initiate_chat",), "summary_method"),
    change("surface: ChatResult.summary", CHAT, "        summary=summary,\n", ""),
    Rename(("surface: the keywords of UserProxyAgent",), "default_auto_reply"),
    Rename(("surface: the keywords of GroupChat",), "send_introductions"),
    change("surface: the keys of an llm_config", ATTEMPTS, '        "require_response_format",\n', '        "seed",\n'),
    change("surface: the keys of a code_execution_config", CODE, '.get("last_n_messages"', '.get("last_messages"'),
]

MUTATIONS = [*SURFACE, *STATE, *CALLS, *LOOSE, *PRINTED, *TEXT_CHANGES, *REPAIRED, *CONFLICTS]
