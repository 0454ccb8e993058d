r"""A proxy that solves problems of mathematics together with a model: it runs the model's queries until it answers.

A query is a block of Python, or one for Wolfram Alpha (its language is ``wolfram``). A message that holds an answer in
``\boxed{...}`` and no query ends the chat.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from textwrap import dedent
from typing import Any, Literal, cast

from ..._core.drive import Ask, Call, Steps, drive, shipped
from ..._core.messages import Message
from ..._core.party import Outcome
from ..._core.tags import keep_foreign_pictures
from ..._core.tape import code_steps
from ..._core.threads import in_thread
from ..._pydantic import PYDANTIC_V1
from ..._warn import warn_once
from ...code_utils import PYTHON_VARIANTS, UNKNOWN, content_str, extract_code, infer_lang
from ...coding.base import CodeBlock
from ...math_utils import get_answer
from ..agent import Agent
from ..user_proxy_agent import UserProxyAgent
from ._math.programs import showing, without_output
from ._math.wolfram import APP_ID_VARIABLE, WolframAlphaAPIWrapper, get_from_dict_or_env
from ._settings import check_kind

__all__ = (
    "PROMPTS",
    "PYDANTIC_V1",
    "UNKNOWN",
    "MathUserProxyAgent",
    "WolframAlphaAPIWrapper",
    "get_from_dict_or_env",
)

logger = logging.getLogger("autogen.agentchat.contrib.math_user_proxy_agent")

_LONGEST_OUTPUT = 2000  # characters
_TIMEOUT = 5  # seconds, unless the code_execution_config says otherwise

_TOO_LONG = "The result of your query is too long to read. Check your reasoning, and ask for less."
_NO_OUTPUT = "No output found. Make sure you print the results."
_UNKNOWN_LANGUAGE = "Error: Unknown language."
_INVALID_QUERY = "Error: The wolfram query is invalid."
_NO_WOLFRAM = "Wolfram Alpha is not available. Please use python."
_NO_PYTHON = "No program was run: running code is turned off here. Please go on without programs."
_SAME_AGAIN = "Your query or result is same from the last, please try a new approach."
_STUCK = (
    "Several queries of this step have failed. Read the problem and your reasoning again. If the step is right, do it "
    "without a query and go on with the next one; if it is not, correct it."
)

_RULES_FOR_PYTHON = (
    "- Write Python in a block that begins with ```python and ends with ```. The block runs, and you get its output.\n"
    "- Print what you want to see. Use fractions and roots rather than decimals; sympy is there.\n"
    "- What earlier blocks defined and imported is still there.\n"
)
_END = "- Once you know the answer, give it alone in its simplest form, in LaTeX, as \\boxed{}.\n\nProblem: "

PROMPTS = {
    "default": (
        "Solve the problem below, and let Python do what it does better than you.\n"
        "First choose: write a program that solves the whole problem, if it can be tried out or calculated; reason "
        "without a program, if it is mostly a matter of insight; or go step by step, and use Python for single steps.\n"
        "Rules:\n"
        + _RULES_FOR_PYTHON
        + "- Send one step at a time, then wait for the output. If it is wrong or strange, find the mistake first.\n"
        + _END
    ),
    "two_tools": (
        "Solve the problem below step by step. Two tools help you: Python and Wolfram Alpha. Use whichever suits a "
        "step better.\nRules:\n"
        + _RULES_FOR_PYTHON
        + "- Write a query for Wolfram Alpha in a block that begins with ```wolfram and ends with ```, such as an "
        "equation to solve or an expression to simplify.\n"
        "- Send one step with its queries, then wait for the results. If a query fails, change it or use the other "
        "tool.\n" + _END
    ),
    "python": (
        "Write a Python program that solves the problem below.\nRules:\n"
        + _RULES_FOR_PYTHON
        + "- When you get the output, check it against the problem. If it cannot be right, write a better program.\n"
        + _END
    ),
}


def _is_answer(message: Message) -> bool:
    """Tell whether a message gives an answer and asks for nothing more."""
    content = content_str(message.get("content"))
    languages = {language for language, _ in extract_code(content)}
    return not languages & {*PYTHON_VARIANTS, "wolfram"} and bool(get_answer(content))


def _math_reply(
    agent: MathUserProxyAgent,
    /,
    messages: list[Message] | None = None,
    sender: Agent | None = None,
    config: object = None,
) -> Steps[Outcome]:
    """Run the queries of the last message.

    Returns:
        ``(True, results)``; without a query ``(True, the default reply)``.
    """
    if messages is None:
        messages = agent._oai_messages[sender]
    blocks = extract_code(messages[-1].get("content") if messages else "")
    if len(blocks) == 1 and blocks[0][0] == UNKNOWN:
        return True, agent._default_auto_reply
    results: list[tuple[str, bool]] = []
    for given_language, code in blocks:
        language = given_language or infer_lang(code)
        if language in PYTHON_VARIANTS:
            results.append((yield Ask(agent, "execute_one_python_code", code)))
        elif language == "wolfram":
            ask = Ask(agent, "execute_one_wolfram_query", code)
            results.append((yield from code_steps(agent, [(language, code)], ask)))
        else:
            results.append((_UNKNOWN_LANGUAGE, False))
    reply = "\n".join(output or "" for output, _ in results).strip()
    keep_foreign_pictures(reply)
    return True, agent._judged(reply, all(is_valid for _, is_valid in results))


def _run_python(agent: MathUserProxyAgent, /, pycode: str) -> Steps[tuple[str, bool]]:
    """Run a piece of Python after those before it, and remember what later ones may build upon.

    Returns:
        The output, and whether it is of use.
    """
    if agent._code_execution_config is False:
        warn_once(logger, f"{agent.name} runs no programs, because code_execution_config is False.")
        return _NO_PYTHON, False
    code = dedent(re.sub(r"\r\n?", "\n", pycode)).strip()
    program = f"{agent._previous_code}{showing(code)}"
    exit_code, output = yield from code_steps(agent, [("python", program)], Call(agent._run_program, program))
    if exit_code != 0:
        if "ImportError" not in output and "ModuleNotFoundError" not in output:
            agent._previous_code += without_output(code, imports_only=True)
        return f"Error: {output}", False
    agent._previous_code += without_output(code)
    if not output:
        return _NO_OUTPUT, False
    return (_TOO_LONG, False) if len(output) > _LONGEST_OUTPUT else (output, True)


class MathUserProxyAgent(UserProxyAgent):
    """A proxy that runs a model's queries while the two solve a problem of mathematics.

    Open the chat with ``initiate_chat(assistant, message=agent.message_generator, problem="...")``.

    Attributes:
        MAX_CONSECUTIVE_AUTO_REPLY: how often it replies by itself.
        DEFAULT_REPLY: what it says to a message without a query.
    """

    MAX_CONSECUTIVE_AUTO_REPLY = 15
    DEFAULT_REPLY = (
        "Go on with the problem until you need a query. Once you have the answer, write it in LaTeX as \\boxed{answer}."
    )

    def __init__(
        self,
        name: str | None = "MathChatAgent",
        is_termination_msg: Callable[[Message], bool] | None = _is_answer,
        human_input_mode: Literal["ALWAYS", "NEVER", "TERMINATE"] = "NEVER",
        default_auto_reply: str | dict[str, Any] = DEFAULT_REPLY,
        max_invalid_q_per_step: int = 3,
        **kwargs: Any,
    ) -> None:
        r"""Create a proxy for mathematics.

        Args:
            name: the name by which others know it.
            is_termination_msg: tells whether a message ends the chat; by default one with an answer in
                ``\boxed{...}`` and no query does.
            human_input_mode: when the person is asked; see `ConversableAgent`.
            default_auto_reply: what it says to a message without a query.
            max_invalid_q_per_step: how many queries may fail before the model is told to think again.
            **kwargs: further parameters of `UserProxyAgent`. Python runs as its ``code_execution_config`` says, for 5
                seconds at most unless that has a ``timeout``. If it is False, no program runs, and the model is told.
        """
        super().__init__(
            name=cast(str, name),
            is_termination_msg=is_termination_msg,
            human_input_mode=human_input_mode,
            default_auto_reply=default_auto_reply,
            **kwargs,
        )
        self.register_reply([Agent, None], MathUserProxyAgent._generate_math_reply, position=2)
        check_kind("max_invalid_q_per_step", max_invalid_q_per_step, "a whole number", int)
        self._max_invalid_q_per_step = max_invalid_q_per_step
        self._reset()

    def _reset(self) -> None:
        """Forget the problem."""
        self._valid_q_count = 0
        self._total_q_count = 0
        self._accum_invalid_q_per_step = 0
        self._previous_code = ""
        self.last_reply: str | None = None

    @staticmethod
    def message_generator(sender: MathUserProxyAgent, recipient: Agent, context: dict[str, Any]) -> str:
        """Write the first message of a chat about a problem; give it to ``initiate_chat`` as ``message``.

        Args:
            sender: the proxy, which forgets the problem before.
            recipient: who is to solve the problem.
            context: what else ``initiate_chat`` was given: ``problem``, and either ``prompt_type`` (``default``,
                ``two_tools`` or ``python``) or ``customized_prompt``, a text to stand before the problem.

        Returns:
            The message.

        Raises:
            ValueError: the context has no problem, or no prompt is known by that name.
        """
        sender._reset()
        problem = context.get("problem")
        if problem is None:
            raise ValueError('There is no problem to solve. Give it to initiate_chat as problem="...".')
        customized = context.get("customized_prompt")
        if customized is not None:
            return f"{customized}{problem}"
        prompt_type = context.get("prompt_type", "default")
        if prompt_type not in PROMPTS:
            raise ValueError(f"The prompt_type {prompt_type!r} is unknown. Use one of {', '.join(PROMPTS)}.")
        return f"{PROMPTS[prompt_type]}{problem}"

    @shipped(_run_python)
    def execute_one_python_code(self, pycode: str) -> tuple[str, bool]:
        """Run a piece of Python after the pieces before it, and remember it.

        Args:
            pycode: the code. Where it prints nothing, the value of its last line is printed.

        Returns:
            The output, and whether it is of use. With ``code_execution_config=False`` nothing runs, and the output
            says so.
        """
        return drive(_run_python(self, pycode))

    def execute_one_wolfram_query(self, query: str) -> tuple[str, bool]:
        """Ask Wolfram Alpha.

        Args:
            query: the question.

        Returns:
            The answer, and whether it is of use. Where Wolfram Alpha cannot be asked (no package, no app id), a
            warning says what is missing, and the answer names Python as the way out.
        """
        try:
            wolfram = WolframAlphaAPIWrapper()
        except ImportError as error:
            warn_once(logger, f"{self.name} cannot ask Wolfram Alpha. {error}")
            return _NO_WOLFRAM, False
        except ValueError:
            warn_once(logger, f"{self.name} cannot ask Wolfram Alpha without an app id in {APP_ID_VARIABLE}.")
            return _NO_WOLFRAM, False
        output, is_valid = wolfram.run(query)
        return (output, is_valid) if output else (_INVALID_QUERY, False)

    async def a_execute_one_wolfram_query(self, query: str) -> tuple[str, bool]:
        """Ask Wolfram Alpha while the event loop goes on; see `execute_one_wolfram_query`."""
        return await in_thread(self.execute_one_wolfram_query, query)

    @shipped(_math_reply)
    def _generate_math_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
    ) -> Outcome:
        return drive(_math_reply(self, messages, sender, config))

    def _run_program(self, program: str) -> tuple[int, str]:
        """Run a program as the code_execution_config says."""
        if self._code_executor is not None:
            result = self._code_executor.execute_code_blocks([CodeBlock(code=program, language="python")])
            return result.exit_code, result.output
        arguments = {"timeout": _TIMEOUT, **self._code_execution_config}
        arguments.pop("last_n_messages", None)
        exit_code, output, image = self.run_code(program, lang="python", **arguments)
        if image is not None:
            self._code_execution_config["use_docker"] = image
        return exit_code, output

    def _judged(self, reply: str, is_valid: bool) -> str:
        """Count queries, and tell the model when it goes round in circles."""
        self._total_q_count += 1
        if is_valid:
            self._valid_q_count += 1
        else:
            self._accum_invalid_q_per_step += 1
        if self._accum_invalid_q_per_step > self._max_invalid_q_per_step:
            self._accum_invalid_q_per_step = 0
            return _STUCK
        if reply == self.last_reply:
            return f"{reply}\n{_SAME_AGAIN}"
        self.last_reply = reply
        return reply
