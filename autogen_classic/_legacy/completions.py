"""Let a model write, improve and check functions: helpers that date from before there were agents."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .._code.execution import UseDocker, decide_use_docker, execute, images_for
from .._code.fences import CODE_BLOCK_PATTERN, extract_code
from ..oai.client import OpenAIWrapper

__all__ = (
    "DEFAULT_MODEL",
    "FAST_MODEL",
    "PassAssertionFilter",
    "ask_model",
    "eval_function_completions",
    "generate_assertions",
    "generate_code",
    "implement",
    "improve_code",
    "improve_function",
)

DEFAULT_MODEL = "gpt-4"
FAST_MODEL = "gpt-3.5-turbo"

Assertions = str | Callable[[str], tuple[str, float]] | None

_CODE_PROMPT = "{prompt}\n\nAnswer with the code in one fenced block."
_IMPROVE_FUNCTION_PROMPT = (
    'Rewrite the function "{func_name}" of the file below so that it meets this goal: {objective}\n'
    "Keep its name and its parameters. Answer with the new function in one fenced block.\n\n"
    "{file_name}:\n{source}"
)
_SUGGEST_PROMPT = (
    "Read the files below and say how to change them to reach this goal: {objective}\n"
    "Name file and function for each suggestion; do not write out whole files.\n\n{sources}"
)
_REWRITE_PROMPT = (
    "Change the files below to reach this goal: {objective}\n"
    "Answer with the complete text of each changed file in a fenced block of its own, after its name.\n\n{sources}"
)
_ASSERTIONS_PROMPT = (
    "Below is a Python function without its body. Write assert statements that a right body passes and a wrong one "
    "fails. Answer with them alone, each on one line that starts with assert.\n\n{definition}"
)
_IMPLEMENT_PROMPT = "Complete this Python function. Answer with the whole function in one fenced block.\n\n{definition}"


def ask_model(prompt: str, default_model: str, config: Mapping[str, Any]) -> tuple[list[str], float]:
    """Send one prompt to a model.

    Args:
        prompt: the prompt.
        default_model: the model to use if the configuration does not name one.
        config: anything that an ``llm_config`` may hold, and request parameters.

    Returns:
        The texts of the answer, one for each choice, and its cost in US dollars.
    """
    settings = dict(config)
    model = settings.pop("model", default_model)
    config_list = settings.pop("config_list", None) or [{}]
    client = OpenAIWrapper(config_list=[{"model": model, **entry} for entry in config_list], **settings)
    response: Any = client.create(messages=[{"role": "user", "content": prompt}])
    texts = [
        text if isinstance(text, str) else getattr(text, "content", None) or ""
        for text in client.extract_text_or_completion_object(response)
    ]
    return texts, float(getattr(response, "cost", 0) or 0)


def _code_in(text: str) -> str:
    """The first fenced block of a text, or the whole text if it has no such block."""
    found = re.search(CODE_BLOCK_PATTERN, text, flags=re.DOTALL)
    return found[2] if found else text


def generate_code(pattern: str = CODE_BLOCK_PATTERN, **config: Any) -> tuple[str, float]:
    """Ask a model for code.

    Args:
        pattern: how to find the code in the answer, as in `extract_code`.
        **config: ``prompt``, and what an ``llm_config`` may hold.

    Returns:
        The first code found (the whole answer if no code is found) and the cost in US dollars.
    """
    prompt = config.pop("prompt", "")
    texts, cost = ask_model(_CODE_PROMPT.format(prompt=prompt), FAST_MODEL, config)
    return extract_code(texts[0], pattern)[0][1], cost


def improve_function(file_name: str, func_name: str, objective: str, **config: Any) -> tuple[str, float]:
    """Ask a model for a better version of one function. The file is not changed.

    Args:
        file_name: the file that holds it.
        func_name: the name of the function.
        objective: what the new version should achieve.
        **config: what an ``llm_config`` may hold.

    Returns:
        The new function and the cost in US dollars.
    """
    prompt = _IMPROVE_FUNCTION_PROMPT.format(
        file_name=file_name,
        func_name=func_name,
        objective=objective,
        source=Path(file_name).read_text(encoding="utf-8"),
    )
    texts, cost = ask_model(prompt, DEFAULT_MODEL, config)
    return _code_in(texts[0]), cost


def improve_code(files: list[str], objective: str, suggest_only: bool = True, **config: Any) -> tuple[str, float]:
    """Ask a model how to improve some files. No file is changed.

    Args:
        files: the files.
        objective: what the change should achieve.
        suggest_only: ask for suggestions; otherwise for the changed files.
        **config: what an ``llm_config`` may hold.

    Returns:
        The answer as it came and the cost in US dollars.
    """
    sources = "\n\n".join(f"{name}:\n{Path(name).read_text(encoding='utf-8')}" for name in files)
    prompt = (_SUGGEST_PROMPT if suggest_only else _REWRITE_PROMPT).format(objective=objective, sources=sources)
    texts, cost = ask_model(prompt, DEFAULT_MODEL, config)
    return texts[0], cost


def generate_assertions(definition: str, **config: Any) -> tuple[str, float]:
    """Ask a model for assertions that a function has to pass.

    Args:
        definition: the head of the function and its docstring.
        **config: what an ``llm_config`` may hold.

    Returns:
        The assert statements, one per line, and the cost in US dollars.
    """
    texts, cost = ask_model(_ASSERTIONS_PROMPT.format(definition=definition), FAST_MODEL, config)
    lines = (line.strip() for line in texts[0].splitlines())
    return "\n".join(line for line in lines if line.startswith("assert ")), cost


def eval_function_completions(
    responses: list[str],
    definition: str,
    test: str | None = None,
    entry_point: str | None = None,
    assertions: Assertions = None,
    timeout: float | None = 3,
    use_docker: UseDocker = True,
) -> dict[str, Any]:
    """Run several versions of one function and see which are right.

    Args:
        responses: the versions: bodies that follow ``definition``, or whole functions, fenced or not.
        definition: the head of the function and its docstring.
        test: code that defines ``check(function)``. With it, the chance of a right version is reported.
        entry_point: the name of the function, for ``test``.
        assertions: assert statements, or a function that makes them (with their cost) from the definition. With
            them the first version that passes is chosen.
        timeout: how long one version may run, in seconds.
        use_docker: as in `execute_code`.

    Returns:
        With assertions: ``index_selected`` (the last one if none passes), ``succeed_assertions``, ``gen_cost``
        and ``assertions``, and also ``success`` if there is a test. Without: ``expected_success``, the chance
        that of as many versions picked at random, with repetitions, at least one is right, and ``success``, whether
        any is.

    Raises:
        ValueError: there is nothing to evaluate.
    """
    if not responses:
        raise ValueError("responses is empty: give at least one version of the function.")
    programs = [_program(response, definition) for response in responses]
    test_call = f"{test}\ncheck({entry_point})" if test else ""

    images = images_for(use_docker)

    def passes(program: str, checks: str) -> bool:
        return execute(f"{program}\n\n{checks}", timeout=timeout, images=images)[0] == 0

    gen_cost = 0.0
    if callable(assertions):
        assertions, gen_cost = assertions(definition)
    if not assertions:
        right = [bool(test_call) and passes(program, test_call) for program in programs]
        return {"expected_success": 1 - (1 - sum(right) / len(right)) ** len(right), "success": any(right)}

    passing = (index for index, program in enumerate(programs) if passes(program, assertions))
    selected = next(passing, None)
    index = selected if selected is not None else len(programs) - 1
    result: dict[str, Any] = {
        "index_selected": index,
        "succeed_assertions": selected is not None,
        "gen_cost": gen_cost,
        "assertions": assertions,
    }
    if test_call:
        result["success"] = passes(programs[index], test_call)
    return result


def _program(response: str, definition: str) -> str:
    """Make a program of a model's version: a whole function stands for itself, a body follows the definition."""
    code = _code_in(response)
    return code if re.search(r"^(async )?def |^from |^import |^@", code, flags=re.MULTILINE) else f"{definition}{code}"


class PassAssertionFilter:
    """A ``filter_func`` for `OpenAIWrapper.create`: it takes a response if the function in it passes assertions.

    Args:
        assertions: assert statements, or a function that makes them (with their cost) from a definition. They are
            made once.

    Attributes:
        cost: what making the assertions cost, in US dollars.
        metrics: the last result of `eval_function_completions`.
        responses: the texts of the last response.
    """

    def __init__(self, assertions: Assertions) -> None:
        self._assertions = assertions
        self.cost: float = 0
        self.metrics: dict[str, Any] | None = None
        self.responses: list[str] | None = None

    def pass_assertions(self, context: dict[str, Any], response: object, **_: object) -> bool:
        """Check one response.

        Args:
            context: has the head of the function under ``definition``, and perhaps ``use_docker``; without it
                AUTOGEN_USE_DOCKER decides.
            response: a response of a model, or a list of texts.
            **_: accepted and ignored.

        Returns:
            Whether one of the versions in the response passes.
        """
        self.responses = _texts_of(response)
        self.metrics = eval_function_completions(
            self.responses,
            context["definition"],
            assertions=self._assertions,
            use_docker=decide_use_docker(context.get("use_docker")),
        )
        if "assertions" in self.metrics:
            self._assertions = self.metrics["assertions"]
            self.cost += self.metrics["gen_cost"]
        return bool(self.metrics.get("succeed_assertions", False))


def _texts_of(response: object) -> list[str]:
    """The texts in a response of a model; a list of texts is handed through."""
    if isinstance(response, list):
        return response
    found = OpenAIWrapper.extract_text_or_completion_object(response)
    return [text if isinstance(text, str) else getattr(text, "content", None) or "" for text in found]


def implement(
    definition: str,
    configs: list[dict[str, Any]] | None = None,
    assertions: Assertions = generate_assertions,
) -> tuple[str, float]:
    """Ask one model after another for a function until one answer passes the assertions.

    Args:
        definition: the head of the function and its docstring.
        configs: one configuration for each try, each as an ``llm_config``, cheapest first.
        assertions: assert statements, a function that makes them, or None to take the first answer.

    Returns:
        The function (the last answer if none passes) and the cost of all requests in US dollars.

    Raises:
        ValueError: ``configs`` is an empty list.
    """
    tries = [{"model": FAST_MODEL}, {"model": DEFAULT_MODEL}] if configs is None else configs
    if not tries:
        raise ValueError("configs is empty: give at least one configuration, or None for the default models.")
    checker = PassAssertionFilter(assertions)
    answer, cost = "", 0.0
    for config in tries:
        texts, price = ask_model(_IMPLEMENT_PROMPT.format(definition=definition), FAST_MODEL, config)
        cost += price
        passed = assertions is None or checker.pass_assertions({"definition": definition}, texts)
        answer = texts[(checker.metrics or {}).get("index_selected", 0)]
        if passed:
            break
    return _code_in(answer), cost + checker.cost
