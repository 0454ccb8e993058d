"""From functions to the schemas that models are shown, and from JSON back to arguments and texts."""

from __future__ import annotations

import asyncio
import copy
import datetime
import enum
import functools
import importlib.util
import inspect
import json
import keyword
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ForwardRef, List, Literal, Optional  # noqa: UP035

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field, ValidationError, create_model

from autogen_classic import _pydantic
from autogen_classic.function_utils import (
    get_default_values,
    get_function_schema,
    get_load_param_if_needed_function,
    get_missing_annotations,
    get_param_annotations,
    get_parameter_json_schema,
    get_parameters,
    get_required_params,
    get_typed_annotation,
    get_typed_return_annotation,
    get_typed_signature,
    load_basemodels_if_needed,
    serialize_to_str,
)

if TYPE_CHECKING:
    from decimal import Decimal

HERE = Path(__file__).parent / "schemas"
RECORDED: dict[str, Any] = json.loads((HERE / "recorded.json").read_text(encoding="utf-8"))


def shapes_of(module: str) -> list[Any]:
    spec = importlib.util.spec_from_file_location(module, HERE / f"{module}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[module] = loaded  # pydantic resolves the names of a model in the module of its class
    spec.loader.exec_module(loaded)
    return list(loaded.SHAPES)


SHAPES = shapes_of("shapes") + shapes_of("shapes_of_the_future")


class Money(BaseModel):
    amount: float
    currency: Literal["USD", "EUR"] = "USD"


class Color(enum.Enum):
    RED = "red"


@dataclass
class Pair:
    left: int
    right: int


def properties_of(function: Any) -> dict[str, Any]:
    found: dict[str, Any] = get_function_schema(function, description="d")["function"]["parameters"]["properties"]
    return found


def without_single_all_of(schema: Any) -> Any:
    """Put what an ``allOf`` of one schema holds in its place: pydantic before 2.9 wraps references in one."""
    if isinstance(schema, list):
        return [without_single_all_of(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: without_single_all_of(value) for key, value in schema.items()}
    if isinstance(plain.get("allOf"), list) and len(plain["allOf"]) == 1:
        plain.update(plain.pop("allOf")[0])
    return plain


def with_definitions_at_the_root(schema: dict[str, Any]) -> dict[str, Any]:
    """The recorded schema, but with definitions where the references lead; AutoGen leaves them in the properties."""
    moved: dict[str, Any] = copy.deepcopy(schema)
    parameters = moved["function"]["parameters"]
    for described in parameters["properties"].values():
        for name, definition in described.pop("$defs", {}).items():
            parameters.setdefault("$defs", {})[name] = definition
    return moved


# --- Schemas --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_a_schema_is_the_one_that_autogen_makes(shape: Any) -> None:
    schema = json.loads(json.dumps(get_function_schema(shape, description="What it does.")))
    assert without_single_all_of(schema) == with_definitions_at_the_root(RECORDED[shape.__name__])


def test_every_record_has_its_shape() -> None:
    assert RECORDED.keys() == {shape.__name__ for shape in SHAPES}


def test_a_given_name_wins_over_that_of_the_function() -> None:
    def add(a: int) -> str: ...

    assert get_function_schema(add, name="plus", description="d")["function"]["name"] == "plus"


def test_defaults_of_any_kind_become_json() -> None:
    def paint(color: Color = Color.RED, day: datetime.date = datetime.date(2020, 1, 31)) -> str: ...

    found = properties_of(paint)
    assert (found["color"]["default"], found["day"]["default"]) == ("red", "2020-01-31")


class Chain(BaseModel):
    next: Chain | None = None


class Limits(BaseModel):
    lowest: float = 0.0
    highest: float = float("inf")


@pytest.mark.parametrize(
    ("kind", "default", "named"),
    [
        (float, float("inf"), "its default"),
        (float, float("nan"), "its default"),
        (float | None, -float("inf"), "its default"),
        (list[float], [1.0, float("nan")], "its default"),
        (dict[str, float], {"a": float("inf")}, "its default"),
        (float, Field(default=float("inf"), description="how long"), "its default"),
        (int, ..., "its default"),
        (Limits, None, "a value in its type"),
        (list[Limits], [], "a value in its type"),
    ],
)
def test_a_default_that_json_cannot_hold_is_refused_by_tool_and_parameter(kind: Any, default: Any, named: str) -> None:
    def wait(name: str, seconds: Any = default) -> str: ...

    wait.__annotations__["seconds"] = kind
    with pytest.raises(ValueError, match=f"Parameter 'seconds' of the function 'pause' .* {named}"):
        get_function_schema(wait, name="pause", description="d")


def test_a_field_describes_a_parameter() -> None:
    def wait(seconds: Annotated[int, Field(description="how long", ge=1)]) -> str: ...

    assert properties_of(wait)["seconds"] == {"type": "integer", "minimum": 1, "description": "how long"}


def test_a_field_as_a_default_gives_default_description_and_limits() -> None:
    def ask(
        query: str = Field(default="q", description="d", max_length=9),
        tags: list[str] = Field(default_factory=list),  # noqa: B008
        count: Annotated[int, "how many"] = Field(ge=1),
    ) -> str: ...

    parameters = get_function_schema(ask, description="d")["function"]["parameters"]
    assert parameters["required"] == ["count"]
    assert parameters["properties"] == {
        "query": {"type": "string", "maxLength": 9, "default": "q", "description": "d"},
        "tags": {"type": "array", "items": {"type": "string"}, "default": [], "description": "tags"},
        "count": {"type": "integer", "minimum": 1, "description": "how many"},
    }


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_call_without_an_argument_gets_what_its_field_holds(asynchronous: bool) -> None:
    def ask(
        money: Money,
        query: str = Field(default="q"),
        tags: list[str] = Field(default_factory=list),  # noqa: B008
    ) -> tuple[int, str, list[str]]:
        tags.append("new")
        return money.amount, query, tags

    async def a_ask(
        money: Money,
        query: str = Field(default="q"),
        tags: list[str] = Field(default_factory=list),  # noqa: B008
    ) -> tuple[int, str, list[str]]:
        return ask(money, query, tags)

    def call(*args: Any, **kwargs: Any) -> Any:
        found = load_basemodels_if_needed(a_ask if asynchronous else ask)(*args, **kwargs)
        return asyncio.run(found) if asynchronous else found

    assert call(money={"amount": 3}) == (3, "q", ["new"])
    assert call({"amount": 3}, "mine") == (3, "mine", ["new"])
    assert call({"amount": 3}, query="mine", tags=["a"]) == (3, "mine", ["a", "new"])


def test_a_field_without_a_default_has_to_be_given() -> None:
    def ask(query: str = Field(description="d")) -> str: ...

    with pytest.raises(TypeError, match=r"ask\(\) misses its argument 'query'"):
        load_basemodels_if_needed(ask)()


def namesake(kind: Any, **more: Any) -> type[BaseModel]:
    """A model that is called Item, as models of other modules are."""
    made: type[BaseModel] = create_model("Item", value=(kind, ...), **more)
    return made


ITEM_OF_TEXT, ITEM_OF_NUMBERS, BOX = namesake(str), namesake(int), create_model("Box", item=(namesake(bool), ...))


@pytest.mark.parametrize(
    ("kinds", "good", "bad"),
    [
        ([Money | None], [None], ["x"]),
        ([list[Money]], [[{"amount": 1}]], [[{"amount": "x"}]]),
        ([dict[str, Money]], [{"a": {"amount": 1}}], [{"a": {}}]),
        ([Money | int], [3], ["x"]),
        ([Annotated[list[Annotated[Money, "one"]] | None, "all"]], [[{"amount": 1}]], [[{}]]),
        ([Chain], [{"next": {"next": None}}], [{"next": {"next": 3}}]),
        ([Chain, list[Chain]], [{}, [{"next": {}}]], [{}, [{"next": 3}]]),
        ([ITEM_OF_TEXT | None, list[ITEM_OF_NUMBERS]], [{"value": "x"}, [{"value": 1}]], [None, [{"value": "x"}]]),
        ([list[ITEM_OF_NUMBERS], ITEM_OF_TEXT | None], [[{"value": 1}], {"value": "x"}], [[{"value": "x"}], None]),
        ([ITEM_OF_TEXT | ITEM_OF_NUMBERS], [{"value": 1}], [{"value": []}]),
        ([list[ITEM_OF_TEXT], list[BOX]], [[], [{"item": {"value": True}}]], [[], [{"item": {"value": "x"}}]]),
    ],
)
def test_every_reference_of_a_schema_leads_to_a_definition(kinds: list[Any], good: list[Any], bad: list[Any]) -> None:
    names = ["a", "b"][: len(kinds)]

    def use(*args: Any) -> str: ...

    use.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind)
            for name, kind in zip(names, kinds, strict=True)
        ]
    )
    parameters = get_function_schema(use, description="d")["function"]["parameters"]
    Draft202012Validator.check_schema(parameters)
    validator = Draft202012Validator(parameters)
    assert validator.is_valid(dict(zip(names, good, strict=True)))
    assert not validator.is_valid(dict(zip(names, bad, strict=True)))


def test_a_text_after_a_field_describes_a_parameter() -> None:
    def wait(seconds: Annotated[int, Field(ge=1), "how long"]) -> str: ...

    assert properties_of(wait)["seconds"]["description"] == "how long"


def test_a_field_without_a_description_leaves_the_name() -> None:
    def wait(seconds: Annotated[int, Field(ge=1)]) -> str: ...

    assert properties_of(wait)["seconds"]["description"] == "seconds"


def test_a_description_has_to_be_a_text() -> None:
    def wait(seconds: Annotated[int, 5]) -> str: ...

    with pytest.raises(ValueError, match="Invalid description 5 for parameter seconds, should be a string"):
        get_function_schema(wait, description="d")


def test_a_model_may_be_named_inside_of_another_type() -> None:
    def pay(amounts: List["Money"], tip: Annotated["Money", "extra"]) -> str: ...  # noqa: UP006, UP037

    found = properties_of(pay)
    assert found["amounts"]["items"] == {"$ref": "#/$defs/Money"}
    assert found["tip"]["description"] == "extra"


def test_parameters_without_annotation_or_default_are_refused_by_name() -> None:
    def add(a, b, c: int, d=1) -> str: ...  # type: ignore[no-untyped-def]

    with pytest.raises(TypeError, match="'add' without default values must be annotated.*parameters: 'a', 'b'"):
        get_function_schema(add, description="d")


def test_a_model_is_not_told_of_a_default_without_annotation(caplog: pytest.LogCaptureFixture) -> None:
    def add(a: int, b=1) -> str: ...  # type: ignore[no-untyped-def]

    assert properties_of(add).keys() == {"a"}
    assert "'add', because they are not annotated: 'b'" in caplog.text


def test_a_function_without_a_return_type_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    def add(a: int): ...  # type: ignore[no-untyped-def]

    get_function_schema(add, description="d")
    assert "The return type of the function 'add' is not annotated" in caplog.text


def test_a_function_that_returns_nothing_is_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    def log(text: str) -> None: ...

    get_function_schema(log, description="d")
    assert caplog.records == []


def test_an_unknown_type_name_is_an_error_that_names_the_parameter() -> None:
    def add(a: Nowhere) -> str: ...  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(TypeError, match="The type of parameter 'a' cannot be shown to a model"):
        get_function_schema(add, description="d")


def test_a_type_that_json_cannot_express_is_an_error_that_names_the_parameter() -> None:
    def call(back: type) -> str: ...

    with pytest.raises(TypeError, match="The type of parameter 'back' cannot be shown to a model"):
        get_function_schema(call, description="d")


def test_a_return_type_known_to_type_checkers_only_does_no_harm() -> None:
    def price(item: str) -> Decimal: ...

    assert properties_of(price).keys() == {"item"}


def test_a_function_that_calls_itself_can_be_described_while_it_is_decorated() -> None:
    described = []

    def describe(function: Any) -> Any:
        described.append(get_function_schema(function, description="d"))
        return function

    @describe
    def factorial(n: int) -> int:
        return 1 if n < 2 else n * factorial(n - 1)  # type: ignore[no-any-return]

    assert described[0]["function"]["name"] == "factorial"


def test_a_class_that_a_function_closes_over_is_known() -> None:
    class Local(BaseModel):
        z: int

    def use(a: Local) -> Local:
        return Local(z=a.z)

    assert properties_of(use)["a"]["title"] == "Local"


def test_a_partial_function_offers_what_is_left_to_give() -> None:
    def add(a: int, b: int) -> str: ...

    schema = get_function_schema(functools.partial(add, 1), name="add_one", description="d")
    assert schema["function"]["parameters"]["required"] == ["b"]


SIMPLE_TYPES = {int: "integer", str: "string", float: "number", bool: "boolean"}
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name != "self" and not keyword.iskeyword(name)
)
parameters = st.tuples(st.sampled_from(list(SIMPLE_TYPES)), st.none() | st.text(max_size=9), st.booleans())


@given(st.dictionaries(names, parameters, max_size=5))
def test_any_signature_becomes_a_schema_with_the_same_names(chosen: dict[str, tuple[type, str | None, bool]]) -> None:
    def function(*args: Any, **kwargs: Any) -> str:
        return ""

    function.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                annotation=kind if text is None else Annotated[kind, text],
                default=kind() if has_default else inspect.Parameter.empty,
            )
            for name, (kind, text, has_default) in chosen.items()
        ],
        return_annotation=str,
    )
    schema = get_function_schema(function, description="d")["function"]["parameters"]
    assert schema["required"] == [name for name, (_, _, has_default) in chosen.items() if not has_default]
    for name, (kind, text, has_default) in chosen.items():
        expected: dict[str, Any] = {"type": SIMPLE_TYPES[kind], "description": name if text is None else text}
        if has_default:
            expected["default"] = kind()
        assert schema["properties"][name] == expected


# --- Signatures -----------------------------------------------------------------------------------------------


def sample(a: int, b, c: str = "x", d=2) -> Money: ...  # type: ignore[no-untyped-def]


def test_a_signature_is_read_into_its_parts() -> None:
    signature = get_typed_signature(sample)
    assert get_required_params(signature) == ["a", "b"]
    assert get_default_values(signature) == {"c": "x", "d": 2}
    assert get_param_annotations(signature) == {"a": int, "c": str}
    assert get_missing_annotations(signature, ["a", "b"]) == ({"b"}, {"d"})


def test_parameters_are_made_of_the_parts() -> None:
    made = get_parameters(["a"], {"a": int, "b": Annotated[str, "the b"]}, {"b": "x"})
    assert made.model_dump() == {
        "type": "object",
        "properties": {
            "a": {"type": "integer", "description": "a"},
            "b": {"type": "string", "default": "x", "description": "the b"},
        },
        "required": ["a"],
    }


def test_a_parameter_without_default_has_no_default_in_its_schema() -> None:
    assert get_parameter_json_schema("a", int, {"b": 1}) == {"type": "integer", "description": "a"}


def test_the_return_annotation_is_resolved() -> None:
    assert get_typed_return_annotation(sample) is Money


def test_a_missing_return_annotation_is_none() -> None:
    def silent(): ...  # type: ignore[no-untyped-def]

    assert get_typed_return_annotation(silent) is None


@pytest.mark.parametrize(
    ("annotation", "resolved"),
    [
        ("int", int),
        (int, int),
        (None, None),
        ("None", type(None)),
        ("List['int']", List[int]),  # noqa: UP006
        ("Annotated[int, 'x']", Annotated[int, "x"]),
        ("Nowhere", ForwardRef("Nowhere")),
        (Optional["Nowhere"], Optional["Nowhere"]),  # noqa: F821
    ],
)
def test_annotations_are_resolved_as_far_as_names_are_known(annotation: Any, resolved: Any) -> None:
    assert get_typed_annotation(annotation, globals()) == resolved


def test_an_annotation_that_is_no_expression_is_a_syntax_error() -> None:
    with pytest.raises(SyntaxError):
        get_typed_annotation("1 +", {})


# --- Arguments ------------------------------------------------------------------------------------------------


def test_a_dict_becomes_the_model_that_a_parameter_asks_for() -> None:
    @load_basemodels_if_needed
    def pay(price: Money, tip: Annotated[Money, "extra"], times: int = 1) -> Any:
        return price, tip, times

    assert pay({"amount": "3"}, tip={"amount": 1}, times="2") == (Money(amount=3), Money(amount=1), "2")


def test_an_asynchronous_function_stays_asynchronous() -> None:
    @load_basemodels_if_needed
    async def pay(price: Money) -> Money:
        return price

    assert inspect.iscoroutinefunction(pay)
    assert asyncio.run(pay(price={"amount": 1})) == Money(amount=1)


def test_a_model_that_is_one_already_stays() -> None:
    price = Money(amount=1)
    assert load_basemodels_if_needed(lambda price: price)(price) is price

    @load_basemodels_if_needed
    def pay(price: Money) -> Money:
        return price

    assert pay(price) is price


def test_the_default_of_a_model_may_be_handed_over() -> None:
    @load_basemodels_if_needed
    def pay(price: Money = None) -> Any:  # type: ignore[assignment]
        return price

    assert pay(None) is None
    assert pay() is None


def test_models_within_other_types_stay_dicts_as_in_v02() -> None:
    @load_basemodels_if_needed
    def pay(first: Money, rest: list[Money], tip: Money | None = None) -> Any:
        return rest, tip

    assert pay({"amount": 1}, [{"amount": 2}], tip={"amount": 3}) == ([{"amount": 2}], {"amount": 3})


def test_a_dict_that_does_not_fit_the_model_says_why() -> None:
    @load_basemodels_if_needed
    def pay(price: Money) -> Money:
        return price

    with pytest.raises(ValidationError, match="amount"):
        pay(price={"currency": "USD"})


def test_a_missing_argument_is_told_as_python_tells_it() -> None:
    @load_basemodels_if_needed
    def pay(price: Money) -> Money:
        return price

    with pytest.raises(TypeError, match="missing 1 required positional argument: 'price'"):
        pay()


def test_variadic_arguments_are_handed_on() -> None:
    @load_basemodels_if_needed
    def pay(price: Money, *rest: int, **more: str) -> Any:
        return rest, more

    assert pay({"amount": 1}, 2, 3, x="y") == ((2, 3), {"x": "y"})


def test_a_wrapped_function_keeps_its_name_its_docstring_and_its_signature() -> None:
    def pay(price: Money) -> Money:
        """Pay."""
        return price

    wrapped = load_basemodels_if_needed(pay)
    assert (wrapped.__name__, wrapped.__doc__) == ("pay", "Pay.")
    assert inspect.signature(wrapped) == inspect.signature(pay)


@pytest.mark.parametrize(
    ("annotation", "is_loaded"),
    [(Money, True), (Annotated[Money, "x"], True), (list[Money], False), (Money | None, False), (int, False)],
)
def test_only_models_themselves_are_loaded(annotation: Any, is_loaded: bool) -> None:
    assert (get_load_param_if_needed_function(annotation) is not None) is is_loaded


# --- Results --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        (1, "1"),
        (None, "null"),
        (True, "true"),
        ([1, "ü"], '[1, "ü"]'),
        ((1, 2), "[1, 2]"),
        (Money(amount=1), '{"amount":1.0,"currency":"USD"}'),
        ([Money(amount=1)], '[{"amount": 1.0, "currency": "USD"}]'),
        (Pair(1, 2), '{"left": 1, "right": 2}'),
        (Color.RED, '"red"'),
        (datetime.date(2020, 1, 31), '"2020-01-31"'),
    ],
)
def test_a_result_becomes_a_text(value: Any, text: str) -> None:
    assert serialize_to_str(value) == text


def test_a_result_that_json_cannot_hold_says_so() -> None:
    with pytest.raises(TypeError, match="Object of type object is not JSON serializable"):
        serialize_to_str(object())


# --- The names of pydantic ------------------------------------------------------------------------------------


def test_pydantic_is_always_version_two() -> None:
    assert _pydantic.PYDANTIC_V1 is False
    assert _pydantic.PYDANTIC_VERSION.startswith("2.")


def test_models_are_dumped_by_their_old_names() -> None:
    assert _pydantic.model_dump(Money(amount=1)) == {"amount": 1.0, "currency": "USD"}
    assert _pydantic.model_dump_json(Money(amount=1)) == '{"amount":1.0,"currency":"USD"}'


def test_none_has_a_schema() -> None:
    assert _pydantic.type2schema(None) == {"type": "null"}
