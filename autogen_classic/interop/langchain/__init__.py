"""Tools of LangChain."""

from .langchain_tool import LangChainInteroperability

__all__ = ("LangChainInteroperability",)
