"""The short texts that old programs compare, parse or record. They never change."""

from __future__ import annotations

DEFAULT_SUMMARY_METHOD = "last_msg"
DEFAULT_SYSTEM_MESSAGE = "You are a helpful AI Assistant."
TERMINATE = "TERMINATE"
EXIT = "exit"

ASK_FIRST_MESSAGE = ">"
ASK_ALWAYS = (
    "Replying as {agent}. Provide feedback to {sender}. Press enter to skip and use auto-reply, "
    "or type 'exit' to end the conversation: "
)
ASK_AT_TERMINATION = "Please give feedback to {sender}. Press enter or type 'exit' to stop the conversation: "
ASK_AT_LIMIT = (
    "Please give feedback to {sender}. Press enter to skip and use auto-reply, "
    "or type 'exit' to stop the conversation: "
)
NO_HUMAN_INPUT = "\n>>>>>>>> NO HUMAN INPUT RECEIVED."
USING_AUTO_REPLY = "\n>>>>>>>> USING AUTO REPLY..."
INTERRUPTED = "USER INTERRUPTED"

EXECUTING_BLOCK_NUMBER = "\n>>>>>>>> EXECUTING CODE BLOCK {number} (inferred language is {language})..."
EXECUTING_BLOCK = "\n>>>>>>>> EXECUTING CODE BLOCK (inferred language is {language})..."
EXECUTING_BLOCKS = "\n>>>>>>>> EXECUTING {count} CODE BLOCKS (inferred languages are [{languages}])..."
EXECUTION_SUCCEEDED = "execution succeeded"
EXECUTION_FAILED = "execution failed"
EXECUTION_RESULT = "exitcode: {exit_code} ({outcome})\nCode output: {output}"

EXECUTING_FUNCTION = "\n>>>>>>>> EXECUTING FUNCTION {name}..."
EXECUTING_ASYNC_FUNCTION = "\n>>>>>>>> EXECUTING ASYNC FUNCTION {name}..."
EXECUTING_CALL = "\n>>>>>>>> EXECUTING FUNCTION {name}...\nCall ID: {id}\nInput arguments: {arguments}"
EXECUTED_CALL = (
    "\n>>>>>>>> EXECUTED FUNCTION {name}...\nCall ID: {id}\nInput arguments: {arguments}\nOutput:\n{content}"
)
FUNCTION_INPUT_AND_OUTPUT = "\nInput arguments: {arguments}\nOutput:\n{content}"
FUNCTION_NOT_FOUND = "Error: Function {name} not found."
FUNCTION_BROKEN_JSON = "Error: {error}\n The argument must be in JSON format."
FUNCTION_RAISED = "Error: {error}"

SUGGESTED_FUNCTION_CALL = "***** Suggested function call: {name} *****"
SUGGESTED_TOOL_CALL = "***** Suggested tool call ({id}): {name} *****"
FUNCTION_RESPONSE = "***** Response from calling function ({id}) *****"
TOOL_RESPONSE = "***** Response from calling tool ({id}) *****"
NO_ID = "No id found"
NO_FUNCTION_NAME = "(No function name found)"
NO_ARGUMENTS = "(No arguments found)"

CARRYOVER_FRAME = "\nContext: \n"
STARTING_CHAT = "Starting a new chat...."
FIRST_MESSAGE = "Message:\n{message}"
CARRIED_OVER = "Carryover:\n{carryover}"
STARS = "\n" + "*" * 80
DASHES = "-" * 80

NEXT_SPEAKER = "\nNext speaker: {name}\n"
HANDED_OVER = {
    "llm": "***** LLM-based OnCondition handoff ({agent}): {target} *****",
    "context": "***** OnContextCondition handoff ({agent}): {target} *****",
    "after_work": "***** AfterWork handoff ({agent}): {target} *****",
    "tool": "***** ReplyResult transition ({agent}): {target} *****",
}
HANDING_OFF = "[Handing off to {target}]"
SAFEGUARDED = "***** Safeguard {action} ({source} to {destination}): {message} *****"
TERMINATING_RUN = "\n>>>>>>>> TERMINATING RUN ({id}): {reason}"

PRESERVING_ONE_MORE = (
    "Preserving one more message for {name} to not divide history between tool call and tool response."
)

NO_COST = "No cost incurred from agent '{name}'."
COST_HEADING = "Agent '{name}':"
