"""Interoperability: frameworks that are not known, own bridges, and names that are taken."""

from autogen.interop import Interoperability, Interoperable, register_interoperable_class
from autogen.tools import Tool
from scenario import note, raises

NEEDS = ("langchain_core", "pydantic_ai")


def main(mode):
    note("supported", [name for name in Interoperability.get_supported_types() if name != "crewai"])
    with raises("unknown", ValueError):
        Interoperability.convert_tool(tool=print, type="abacus")
    with raises("unknown class", ValueError):
        Interoperability.get_interoperability_class("abacus")

    @register_interoperable_class("lambda")
    class Lambdas:
        @classmethod
        def convert_tool(cls, tool, **kwargs):
            return Tool(name=kwargs["name"], description="A lambda.", func_or_tool=lambda: tool())

        @classmethod
        def get_unsupported_reason(cls):
            return None

    note("own", Interoperability.convert_tool(tool=lambda: 42, type="lambda", name="answer")())
    note("is a bridge", isinstance(Lambdas(), Interoperable))
    note("supported now", "lambda" in Interoperability().get_supported_types())
    note("by name", Interoperability.get_interoperability_class("lambda") is Lambdas)
    with raises("taken", ValueError):
        register_interoperable_class("langchain")(Lambdas)

    @register_interoperable_class("unsupported")
    class Unsupported(Lambdas):
        @classmethod
        def get_unsupported_reason(cls):
            return "It needs a computer."

    note("unsupported", "unsupported" in Interoperability.get_supported_types())
    with raises("conversion without support", ValueError):
        Interoperability.convert_tool(tool=print, type="unsupported")
