"""Optional packages: what is found, and what is said where one is missing."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest

from autogen_classic.import_utils import (
    ModuleInfo,
    PatchObject,
    Result,
    get_missing_imports,
    optional_import_block,
    patch_object,
    require_optional_import,
    run_for_optional_imports,
    skip_on_missing_imports,
)

TELLS = (
    "A module needed for {place} is missing:\n - 'nope' is not installed.\n"
    "Please install it using:\n'pip install autogen-classic[my-extra]'"
)


@pytest.fixture
def versioned(monkeypatch: pytest.MonkeyPatch) -> str:
    module = types.ModuleType("versioned")
    module.__version__ = "2.14.4rc1"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "versioned", module)
    return "versioned"


# --- imports ---------------------------------------------------------------------------------------------------------


def test_a_block_tells_whether_its_imports_succeeded() -> None:
    with optional_import_block() as failed:
        import nope  # noqa: F401
    with optional_import_block() as partly:
        from json import nothing_of_this_name  # noqa: F401
    with optional_import_block() as succeeded:
        import json  # noqa: F401
    assert [failed.is_successful, partly.is_successful, succeeded.is_successful] == [False, False, True]


def test_other_errors_leave_a_block() -> None:
    with pytest.raises(ValueError, match="oops"), optional_import_block():
        raise ValueError("oops")


def test_a_result_is_known_at_the_end() -> None:
    with pytest.raises(ValueError, match="Result not set"):
        Result().is_successful  # noqa: B018


@pytest.mark.parametrize(
    ("text", "module"),
    [
        ("json", ModuleInfo("json")),
        ("google.genai", ModuleInfo("google")),
        ("pydantic[email]", ModuleInfo("pydantic")),
        ("pydantic >= 2", ModuleInfo("pydantic", "2", None, True, False)),
        ("pydantic>2,<=3.1", ModuleInfo("pydantic", "2", "3.1", False, True)),
        ("pydantic>=2.0,<3", ModuleInfo("pydantic", "2.0", "3", True, False)),
    ],
)
def test_a_module_is_read_with_its_versions(text: str, module: ModuleInfo) -> None:
    assert ModuleInfo.from_str(text) == module


@pytest.mark.parametrize("text", ["", "123", "pydantic>="])
def test_a_text_that_names_no_module_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Invalid (package|module) information"):
        ModuleInfo.from_str(text)


@pytest.mark.parametrize(
    ("bounds", "problem"),
    [
        ("", None),
        (">=2.14.4", None),
        (">2,<3", None),
        ("<=2.14.4", None),
        (">=2.9", None),
        (">=2.14.4.0", None),
        (">2.14.4", "too low"),
        (">=99", "too low"),
        ("<2", "too high"),
        ("<2.14.4", "too high"),
    ],
)
def test_a_module_has_to_have_a_fitting_version(versioned: str, bounds: str, problem: str | None) -> None:
    missing = get_missing_imports(versioned + bounds)
    expected = (
        {}
        if problem is None
        else {
            "versioned": f"'versioned' is installed, but the installed version 2.14.4rc1 is {problem} "
            f"(required 'versioned{bounds}')."
        }
    )
    assert missing == expected


def test_versions_are_known_of_installed_packages_that_do_not_tell() -> None:
    assert get_missing_imports("dotenv>=0.1") == {}
    assert get_missing_imports("dotenv>=99") != {}
    assert "its version is not known" in get_missing_imports("this>=1")["this"]


def test_missing_modules_are_found_by_name() -> None:
    assert get_missing_imports(["json", "nope", "xml.dom"]) == {"nope": "'nope' is not installed."}


# --- what needs them -------------------------------------------------------------------------------------------------


def test_what_has_its_modules_stays_as_it_is() -> None:
    def work() -> int:
        return 1

    assert require_optional_import(["json", "sys"], "my-extra")(work) is work


def test_a_function_without_its_module_says_what_to_install() -> None:
    @require_optional_import("nope", "my-extra")
    def work(x: int) -> int:
        """Do it."""
        return x

    with pytest.raises(ImportError) as caught:
        work(1)
    assert str(caught.value) == TELLS.format(place=f"{__name__}.{work.__qualname__}")
    assert work.__doc__ == "Do it."


class Base:
    def inherited(self) -> int:
        return 0


def worker(**settings: Any) -> Any:
    @require_optional_import(["nope", "never"], "my-extra", **settings)
    class Worker(Base):
        """Works."""

        SIZE = 3

        def method(self) -> int:
            return 1

        @staticmethod
        def static() -> int:
            return 2

        @classmethod
        def of_class(cls) -> int:
            return cls.SIZE

        @property
        def attribute(self) -> int:
            return 4

        def __repr__(self) -> str:
            return "a worker"

        class Inner: ...

    return Worker


def test_a_class_without_its_modules_cannot_be_used() -> None:
    Worker = worker()
    with pytest.raises(
        ImportError, match=r"(?s)Modules needed for .*\.Worker are missing:\n - 'nope' .*\n - 'never' .*install them"
    ):
        Worker()
    with pytest.raises(ImportError):
        Worker.static()
    with pytest.raises(ImportError):
        Worker.of_class()
    with pytest.raises(ImportError):
        type("Derived", (Worker,), {})()
    assert (Worker.__doc__, Worker.SIZE, Worker.Inner().__class__.__name__) == ("Works.", 3, "Inner")


def test_named_methods_work_without_the_modules() -> None:
    some = worker(except_for=["__init__", "method"])()
    assert some.method() == 1
    assert repr(some) == "a worker"
    for use in (lambda: some.inherited(), lambda: some.attribute, lambda: some.static()):
        with pytest.raises(ImportError):
            use()
    assert Base().inherited() == 0
    everything = ("__init__", "inherited", "method", "static", "of_class", "attribute")
    most = worker(except_for=everything)()
    assert (most.inherited(), most.static(), most.of_class(), most.attribute) == (0, 2, 3, 4)


def test_other_things_cannot_be_patched() -> None:
    missing = {"nope": "'nope' is not installed."}
    with pytest.raises(ValueError, match="Cannot patch object of type <class 'int'>"):
        patch_object(3, missing_modules=missing, dep_target="my-extra")
    assert patch_object(3, missing_modules=missing, dep_target="my-extra", fail_if_not_patchable=False) == 3
    assert PatchObject.create(3, missing_modules=missing, dep_target="my-extra") is None


# --- tests -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def marks(pytestconfig: pytest.Config) -> None:
    for mark in ("my_extra", "aux_neg_flag"):
        pytestconfig.addinivalue_line("markers", f"{mark}: for the tests of this file")


def marks_of(function: Any) -> list[str]:
    return [mark.name for mark in function.pytestmark]


@pytest.mark.usefixtures("marks")
def test_a_test_is_marked_with_its_extra() -> None:
    def passes() -> int:
        return 1

    marked = run_for_optional_imports("json", "my-extra")(passes)
    assert (marked(), marks_of(marked)) == (1, ["my_extra", "aux_neg_flag"])


@pytest.mark.usefixtures("marks")
def test_a_test_without_its_module_fails_with_what_to_install() -> None:
    def passes() -> None: ...

    marked = run_for_optional_imports("nope", "my-extra")(passes)
    assert marks_of(marked) == ["my_extra", "aux_neg_flag"]
    with pytest.raises(ImportError, match="my-extra"):
        marked()


@pytest.mark.usefixtures("marks")
def test_a_test_without_its_module_is_skipped() -> None:
    def passes() -> None: ...

    def runs() -> None: ...

    skipped: Any = skip_on_missing_imports("nope", "my-extra")(passes)
    (skip,) = (mark for mark in skipped.pytestmark if mark.name == "skip")
    assert skip.args == ("Missing module: nope. Install using 'pip install autogen-classic[my-extra]'",)
    assert marks_of(skip_on_missing_imports("json", "my-extra")(runs)) == ["my_extra", "aux_neg_flag"]
