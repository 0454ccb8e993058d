"""Tools and chat models of LangChain."""

from .langchain_chat_model_factory import LangChainChatModelFactory
from .langchain_tool import LangChainInteroperability

__all__ = ("LangChainChatModelFactory", "LangChainInteroperability")
