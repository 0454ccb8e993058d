"""What makes two runs comparable: plain JSON values, volatile parts replaced, library-written long texts masked."""

from __future__ import annotations

import dataclasses
import inspect
import re
import string
import sys
from typing import Any

GROUP_TEMPLATES = (
    "select_speaker_message_template",
    "select_speaker_prompt_template",
    "select_speaker_auto_multiple_template",
    "select_speaker_auto_none_template",
)


def plain(value: Any) -> Any:
    """Turn any value into JSON; objects become short readable texts."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, BaseException):
        return {"raised": [kind.__name__ for kind in type(value).__mro__ if kind not in (object, BaseException)]}
    if inspect.isclass(value):
        return f"<class {value.__name__}>"
    if callable(value) and hasattr(value, "__qualname__"):
        return f"<function {value.__qualname__.split('.')[-1]}>"
    if dataclasses.is_dataclass(value) and type(value).__name__ == "ChatResult":
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if hasattr(value, "chat_messages") and hasattr(value, "name"):
        return f"<agent {value.name}>"
    if hasattr(value, "model_dump"):
        return plain(value.model_dump())
    return repr(value)


def template_pattern(template: str, name: str) -> tuple[re.Pattern[str], list[str]] | None:
    """A pattern that finds a filled-in template again, and the names of its fields; None if it has too little text."""
    pattern, fields, fixed = "", [], 0
    for text, field_name, _, _ in string.Formatter().parse(template):
        pattern += re.escape(text)
        fixed += len(text)
        if field_name is None:
            continue
        pattern += f"(?P={field_name})" if field_name in fields else f"(?P<{field_name}>.*?)"
        fields.append(field_name)
    if fixed < 20:
        return None
    return re.compile(pattern + ("\\Z" if template.endswith("}") else ""), re.DOTALL), sorted(set(fields))


def _executor_of_ag2() -> Any:
    """The agent that runs tools in a group of AG2; None for 0.2.40, which has none."""
    try:
        from autogen.agentchat.group.group_tool_executor import GroupToolExecutor
    except ImportError:
        return None
    return GroupToolExecutor()


class Masks:
    """Replaces the long texts of the library that runs by the name of the attribute which holds them."""

    def __init__(self) -> None:
        import autogen

        self._fixed: list[tuple[str, str]] = []
        self._templates: list[tuple[re.Pattern[str], list[str], str]] = []
        for owner in (autogen.AssistantAgent, autogen.ConversableAgent, autogen.UserProxyAgent):
            for attribute in ("DEFAULT_SYSTEM_MESSAGE", "DEFAULT_SUMMARY_PROMPT", "DEFAULT_DESCRIPTION"):
                text = vars(owner).get(attribute)
                if isinstance(text, str):
                    self._fixed.append((text, f"{owner.__name__}.{attribute}"))
        for mode, text in autogen.UserProxyAgent.DEFAULT_USER_PROXY_AGENT_DESCRIPTIONS.items():
            self._fixed.append((text, f"UserProxyAgent.DEFAULT_USER_PROXY_AGENT_DESCRIPTIONS[{mode}]"))
        executor = _executor_of_ag2()
        if executor is not None:
            self._fixed.append((executor.description, "GroupToolExecutor.description"))
        defaults = {item.name: item.default for item in dataclasses.fields(autogen.GroupChat)}
        for name in GROUP_TEMPLATES:
            found = template_pattern(defaults[name], name) if isinstance(defaults.get(name), str) else None
            if found:
                # Which fields the texts of a second attempt mention is the library's own choice.
                self._templates.append((found[0], [] if "_auto_" in name else found[1], name))
        self._long_lines = {
            line.strip()
            for text in [text for text, _ in self._fixed] + [defaults.get(name) for name in GROUP_TEMPLATES]
            for line in re.split(r"\{[^}]*\}|\n", text if isinstance(text, str) else "")
            if len(line.strip()) >= 40
        }
        self._fixed = [(text, name) for text, name in self._fixed if len(text) >= 20]
        self._fixed.sort(key=lambda pair: -len(pair[0]))

    def add(self, name: str, text: str) -> None:
        """Mask one more text of the library, such as a prompt of a contributed agent; it may be a template."""
        template = template_pattern(text, name) if re.search(r"\{[a-z_]+\}", text) else None
        if template:
            self._templates.append((template[0], [], name))
        else:
            self._fixed.append((text, name))
            self._fixed.sort(key=lambda pair: -len(pair[0]))
        self._long_lines.update(line.strip() for line in re.split(r"\{[^}]*\}|\n", text) if len(line.strip()) >= 40)

    def __call__(self, text: str) -> str:
        for fixed, name in self._fixed:
            text = text.replace(fixed, f"<<{name}>>")
        for pattern, fields, name in self._templates:
            text = pattern.sub(lambda found, name=name, fields=fields: self._filled(name, fields, found), text)
        return text

    def leaks(self, text: str) -> list[str]:
        """The lines of library-written long texts that a masked text still holds; a record must hold none."""
        return sorted(line for line in self._long_lines if line in text)

    @staticmethod
    def _filled(name: str, fields: list[str], found: re.Match[str]) -> str:
        return f"<<{name}" + "".join(f" {field}={found.group(field)!r}" for field in fields) + ">>"


def without_prompts(requests: list[dict], own_texts: dict[str, list[str]], undescribed: set[str]) -> list[dict]:
    """Of the texts in requests to some models, keep the scenario's own ones, and a sign of what else there was.

    Args:
        requests: what the models were asked.
        own_texts: for each such model, by its name, the own texts, longer ones first.
        undescribed: the models of whose tools and forms of answers the descriptions are left out.
    """
    for request in requests:
        if request["model"] in undescribed:
            for part in ("tools", "response_format"):
                if part in request["body"]:
                    request["body"][part] = _without_descriptions(request["body"][part])
        if request["model"] not in own_texts:
            continue
        own = "|".join(map(re.escape, own_texts[request["model"]]))
        for message in request["body"]["messages"]:
            if isinstance(message["content"], str) and not re.fullmatch(own, message["content"]):
                held = sorted(set(re.findall(own, message["content"])))
                message["content"] = f"<<prompt with {held}>>"
    return requests


def _without_descriptions(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_descriptions(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _without_descriptions(item) for key, item in schema.items() if key != "description"}


def without_wide_differences(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what differs everywhere between AG2 and this library, as the list `everywhere` of its
    deviations says.
    """

    def without(value: Any) -> Any:
        if isinstance(value, list):
            return [without(item) for item in value]
        if not isinstance(value, dict):
            return value
        kept = {key: without(item) for key, item in value.items()}
        if kept.get("tool_calls") and kept.get("content") == "None":
            kept["content"] = ""
        if "messages" in kept and kept.get("stream") is False:
            del kept["stream"]
        if "chat_history" in kept:
            kept["chat_id"] = kept["cost"] = None
        return kept

    return {key: without(value) for key, value in record.items()}


def without_differences_of_swarms(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what differs in all swarms, as the list `everywhere` of their deviations says: AG2 0.7 lists
    the context variables among the arguments of a tool, later releases and this library print what a tool has
    returned, and AG2 0.7 counts none of the costs of the agents, and forgets the last speaker of asynchronous swarms,
    in which no speaker is announced.
    """
    printed = re.sub(r"(Input arguments: .*?)(?:, )?'context_variables': \{.*?\}(?=\})", r"\1", record["printed"])
    executed = r"\n>{8} EXECUTED FUNCTION .*?\n(?=_Swarm_Tool_Executor |\n>{8} EXECUTING)"
    notes = [
        [key, {**value, "cost": None} if isinstance(value, dict) and "chat_history" in value else value]
        for key, value in record["notes"]
        if key != "last speaker" or record["printed"].count("Next speaker")
    ]
    for request in record["requests"]:
        for tool in request["body"].get("tools", ()):
            tool["function"]["parameters"].pop("required", None)
    return {**record, "notes": notes, "printed": re.sub(executed, "", printed, flags=re.DOTALL)}


def clean_text(text: str, masks: Masks, folder: str, port: int) -> str:
    """Mask long library texts and replace what differs from run to run."""
    text = masks(text)
    text = text.replace(folder, "<TMP>").replace(f"127.0.0.1:{port}", "<SERVER>")
    text = text.replace(sys.executable, "<PYTHON>")
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<UUID>", text)
    return re.sub(r"0x[0-9a-f]{8,}", "<ADDRESS>", text)


def clean(value: Any, masks: Masks, folder: str, port: int) -> Any:
    """Apply `clean_text` to every text in a plain value."""
    if isinstance(value, str):
        return clean_text(value, masks, folder, port)
    if isinstance(value, dict):
        return {clean_text(key, masks, folder, port): clean(item, masks, folder, port) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item, masks, folder, port) for item in value]
    return value
