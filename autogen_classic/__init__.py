"""Multi-agent conversations, backward compatible with AutoGen 0.2.

A name of this package is loaded when it is first used, so that ``import autogen_classic`` stays cheap: it loads no
model client, no container library and no tokeniser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._core.lazy import load

if TYPE_CHECKING:
    from . import (
        agentchat,
        agents,
        cache,
        code_utils,
        coding,
        errors,
        events,
        exception_utils,
        fast_depends,
        formatting_utils,
        function_utils,
        graph_utils,
        import_utils,
        interop,
        io,
        json_utils,
        llm_clients,
        llm_config,
        oai,
        token_count_utils,
        tools,
        types,
        version,
    )
    from ._core.budget import Budget, Spent
    from ._core.running_chats import StopReason
    from .agentchat.agent import Agent
    from .agentchat.assistant_agent import AssistantAgent
    from .agentchat.chat import ChatResult, initiate_chats
    from .agentchat.contrib.swarm_agent import (
        AFTER_WORK,
        ON_CONDITION,
        UPDATE_SYSTEM_MESSAGE,
        AfterWork,
        AfterWorkOption,
        OnCondition,
        SwarmAgent,
        SwarmResult,
        a_initiate_swarm_chat,
        a_run_swarm,
        initiate_swarm_chat,
        register_hand_off,
        run_swarm,
    )
    from .agentchat.conversable_agent import ConversableAgent, UpdateSystemMessage, register_function
    from .agentchat.eligibility_policy import AgentDescriptionGuard, AgentEligibilityPolicy, SelectionContext
    from .agentchat.group.context_expression import ContextExpression
    from .agentchat.groupchat import GroupChat, GroupChatManager
    from .agentchat.user_proxy_agent import UserProxyAgent
    from .agentchat.utils import gather_usage_summary
    from .agents.experimental.reasoning.reasoning_agent import ReasoningAgent, ThinkNode
    from .cache.cache import Cache
    from .code_utils import DEFAULT_MODEL, FAST_MODEL
    from .errors import (
        AgentNameConflict,
        AutogenClassicError,
        InvalidCarryOverType,
        NoEligibleSpeaker,
        SenderRequired,
        UndefinedNextAgent,
    )
    from .exception_utils import (
        AgentNameConflictError,
        InvalidCarryOverTypeError,
        NoEligibleSpeakerError,
        SenderRequiredError,
        UndefinedNextAgentError,
    )
    from .llm_config.config import LLMConfig
    from .oai.client import ModelClient, OpenAIWrapper
    from .oai.completion import ChatCompletion, Completion
    from .oai.openai_utils import (
        config_list_from_dotenv,
        config_list_from_json,
        config_list_from_models,
        config_list_gpt4_gpt35,
        config_list_openai_aoai,
        filter_config,
        get_config_list,
    )
    from .version import __version__

__all__ = [
    "AFTER_WORK",
    "DEFAULT_MODEL",
    "FAST_MODEL",
    "ON_CONDITION",
    "UPDATE_SYSTEM_MESSAGE",
    "AfterWork",
    "AfterWorkOption",
    "Agent",
    "AgentDescriptionGuard",
    "AgentEligibilityPolicy",
    "AgentNameConflict",
    "AgentNameConflictError",
    "AssistantAgent",
    "AutogenClassicError",
    "Budget",
    "Cache",
    "ChatCompletion",
    "ChatResult",
    "Completion",
    "ContextExpression",
    "ConversableAgent",
    "GroupChat",
    "GroupChatManager",
    "InvalidCarryOverType",
    "InvalidCarryOverTypeError",
    "LLMConfig",
    "ModelClient",
    "NoEligibleSpeaker",
    "NoEligibleSpeakerError",
    "OnCondition",
    "OpenAIWrapper",
    "ReasoningAgent",
    "SelectionContext",
    "SenderRequired",
    "SenderRequiredError",
    "Spent",
    "StopReason",
    "SwarmAgent",
    "SwarmResult",
    "ThinkNode",
    "UndefinedNextAgent",
    "UndefinedNextAgentError",
    "UpdateSystemMessage",
    "UserProxyAgent",
    "__version__",
    "a_initiate_swarm_chat",
    "a_run_swarm",
    "agentchat",
    "agents",
    "cache",
    "code_utils",
    "coding",
    "config_list_from_dotenv",
    "config_list_from_json",
    "config_list_from_models",
    "config_list_gpt4_gpt35",
    "config_list_openai_aoai",
    "errors",
    "events",
    "exception_utils",
    "fast_depends",
    "filter_config",
    "formatting_utils",
    "function_utils",
    "gather_usage_summary",
    "get_config_list",
    "graph_utils",
    "import_utils",
    "initiate_chats",
    "initiate_swarm_chat",
    "interop",
    "io",
    "json_utils",
    "llm_clients",
    "llm_config",
    "oai",
    "register_function",
    "register_hand_off",
    "run_swarm",
    "token_count_utils",
    "tools",
    "types",
    "version",
]

_HOMES = {
    "AFTER_WORK": ".agentchat.contrib.swarm_agent",
    "AfterWork": ".agentchat.contrib.swarm_agent",
    "AfterWorkOption": ".agentchat.contrib.swarm_agent",
    "Agent": ".agentchat.agent",
    "AgentDescriptionGuard": ".agentchat.eligibility_policy",
    "AgentEligibilityPolicy": ".agentchat.eligibility_policy",
    "AgentNameConflict": ".errors",
    "AgentNameConflictError": ".exception_utils",
    "AssistantAgent": ".agentchat.assistant_agent",
    "AutogenClassicError": ".errors",
    "Budget": "._core.budget",
    "Cache": ".cache.cache",
    "ChatCompletion": ".oai.completion",
    "ChatResult": ".agentchat.chat",
    "Completion": ".oai.completion",
    "ContextExpression": ".agentchat.group.context_expression",
    "ConversableAgent": ".agentchat.conversable_agent",
    "DEFAULT_MODEL": ".code_utils",
    "FAST_MODEL": ".code_utils",
    "GroupChat": ".agentchat.groupchat",
    "GroupChatManager": ".agentchat.groupchat",
    "InvalidCarryOverType": ".errors",
    "InvalidCarryOverTypeError": ".exception_utils",
    "LLMConfig": ".llm_config.config",
    "ModelClient": ".oai.client",
    "NoEligibleSpeaker": ".errors",
    "NoEligibleSpeakerError": ".exception_utils",
    "ON_CONDITION": ".agentchat.contrib.swarm_agent",
    "OnCondition": ".agentchat.contrib.swarm_agent",
    "OpenAIWrapper": ".oai.client",
    "ReasoningAgent": ".agents.experimental.reasoning.reasoning_agent",
    "SelectionContext": ".agentchat.eligibility_policy",
    "SenderRequired": ".errors",
    "SenderRequiredError": ".exception_utils",
    "Spent": "._core.budget",
    "StopReason": "._core.running_chats",
    "SwarmAgent": ".agentchat.contrib.swarm_agent",
    "SwarmResult": ".agentchat.contrib.swarm_agent",
    "UPDATE_SYSTEM_MESSAGE": ".agentchat.contrib.swarm_agent",
    "ThinkNode": ".agents.experimental.reasoning.reasoning_agent",
    "UndefinedNextAgent": ".errors",
    "UndefinedNextAgentError": ".exception_utils",
    "UpdateSystemMessage": ".agentchat.conversable_agent",
    "UserProxyAgent": ".agentchat.user_proxy_agent",
    "__version__": ".version",
    "a_initiate_swarm_chat": ".agentchat.contrib.swarm_agent",
    "a_run_swarm": ".agentchat.contrib.swarm_agent",
    "config_list_from_dotenv": ".oai.openai_utils",
    "config_list_from_json": ".oai.openai_utils",
    "config_list_from_models": ".oai.openai_utils",
    "config_list_gpt4_gpt35": ".oai.openai_utils",
    "config_list_openai_aoai": ".oai.openai_utils",
    "filter_config": ".oai.openai_utils",
    "gather_usage_summary": ".agentchat.utils",
    "get_config_list": ".oai.openai_utils",
    "initiate_chats": ".agentchat.chat",
    "initiate_swarm_chat": ".agentchat.contrib.swarm_agent",
    "load_ipython_extension": ".compat.ipython_extension",
    "register_function": ".agentchat.conversable_agent",
    "register_hand_off": ".agentchat.contrib.swarm_agent",
    "run_swarm": ".agentchat.contrib.swarm_agent",
    "unload_ipython_extension": ".compat.ipython_extension",
}

# Old programs write `import autogen` and then `autogen.oai.client`: these need no import of their own.
_SUBMODULES = frozenset(
    (
        "agentchat",
        "agents",
        "cache",
        "code_utils",
        "coding",
        "errors",
        "events",
        "exception_utils",
        "fast_depends",
        "formatting_utils",
        "function_utils",
        "graph_utils",
        "import_utils",
        "interop",
        "io",
        "json_utils",
        "llm_clients",
        "llm_config",
        "logger",
        "messages",
        "oai",
        "runtime_logging",
        "token_count_utils",
        "tools",
        "types",
        "version",
    )
)

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> Any:
        return load(__name__, name, _HOMES, _SUBMODULES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
