"""Amazon Bedrock's ``converse`` and ``converse-stream``, held against the service model that botocore carries."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from aws_wire import ACCESS_KEY, EVENT_STREAM, REGION, check_signature, frame
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from kit import KEY, Call, Case, Fail, Say, Seen, WireError, WireServer, words_of

from autogen_classic.testing.http_server import HttpRequest

MODEL = "amazon.nova-lite-v1:0"
_DESCRIBED = Loader().load_service_model("bedrock-runtime", "service-2")
SERVICE = ServiceModel(_DESCRIBED)
_PATH = re.compile(r"/model/([^/]+)/(converse|converse-stream)")
_ERRORS = {
    400: "ValidationException",
    401: "UnrecognizedClientException",
    429: "ThrottlingException",
    500: "InternalServerException",
}


def check_shape(value: Any, name: str) -> None:
    """Hold a value against a shape of the service model: names, types, what is required, choices and patterns."""
    shape = SERVICE.shape_for(name)
    faults = ParamValidator().validate(value, shape)
    if faults.has_errors():
        raise WireError(faults.generate_report())
    _check_limits(value, name)


def _check_limits(value: Any, name: str) -> None:
    """Choices, patterns and upper limits, which botocore leaves to the server."""
    described = _DESCRIBED["shapes"][name]
    if described["type"] == "structure" and not described.get("document"):
        if described.get("union") and len(value) != 1:
            raise WireError(f"a {name} has {len(value)} members")
        for key, part in value.items():
            _check_limits(part, described["members"][key]["shape"])
    elif described["type"] == "list":
        for part in value:
            _check_limits(part, described["member"]["shape"])
    elif described["type"] in ("integer", "float") and value > described.get("max", value):
        raise WireError(f"{value} is no {name}")
    elif described["type"] == "string":
        if value not in described.get("enum", [value]) or not described.get("min", 0) <= len(value):
            raise WireError(f"{value!r} is no {name}")
        if not re.fullmatch(described.get("pattern", ".*"), value, re.DOTALL) or len(value) > described.get("max", 1e9):
            raise WireError(f"{value!r} is no {name}")


class BedrockServer(WireServer):
    """Speaks ``/model/MODEL/converse`` and ``/model/MODEL/converse-stream``."""

    stream_type = EVENT_STREAM

    def read(self, http: HttpRequest) -> Seen:
        path = _PATH.fullmatch(http.path)
        if path is None:
            raise WireError(f"the path is {http.path}")
        check_signature(http, "/")
        body = json.loads(http.body)
        decoded = json.loads(http.body)
        seen = Seen(path[1], stream=path[2] == "converse-stream", body=body)
        for message in decoded.get("messages", ()):
            for block in message["content"]:
                if "image" in block:  # JSON carries bytes in base 64
                    source = block["image"]["source"]
                    source["bytes"] = base64.b64decode(source["bytes"], validate=True)
                elif "redactedContent" in block.get("reasoningContent", {}):
                    thought = block["reasoningContent"]
                    thought["redactedContent"] = base64.b64decode(thought["redactedContent"], validate=True)
        check_shape({"modelId": path[1], **decoded}, "ConverseRequest")
        seen.system = "".join(block["text"] for block in body.get("system", ()))
        specs = [tool["toolSpec"] for tool in body.get("toolConfig", {}).get("tools", ())]
        seen.tools = [spec["name"] for spec in specs]
        form = body.get("outputConfig", {}).get("textFormat")
        if form is not None:
            seen.schema = json.loads(form["structure"]["jsonSchema"]["schema"])
        elif "final_answer" in seen.tools:
            seen.schema = specs[-1]["inputSchema"]["json"]
        read_messages(seen, decoded["messages"])
        return seen

    def body(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        body = {
            "output": {"message": {"role": "assistant", "content": blocks_of(seen, reply)}},
            "stopReason": stop_reason(seen, reply),
            "usage": _usage(reply),
            "metrics": {"latencyMs": 5},
        }
        check_shape(body, "ConverseResponse")
        return body

    def parts(self, seen: Seen, reply: Say | Call) -> Iterable[bytes]:
        for kind, payload in events_of(seen, reply):
            check_shape({kind: payload}, "ConverseStreamOutput")
            yield frame(kind, payload)

    def failure(self, reply: Fail) -> dict[str, Any]:
        return {"message": reply.message}

    def failure_headers(self, reply: Fail) -> dict[str, str]:
        return {**super().failure_headers(reply), "x-amzn-ErrorType": _ERRORS[reply.status]}


def read_messages(seen: Seen, messages: list[dict[str, Any]]) -> None:
    """Read the messages. The roles alternate, calls are answered in the next message, and no text is blank."""
    roles = [message["role"] for message in messages]
    if roles != [("user", "assistant")[number % 2] for number in range(len(roles))] or roles[-1] != "user":
        raise WireError(f"the roles are {roles}")
    open_calls: set[str] = set()
    for message in messages:
        blocks = message["content"]
        answered = {block["toolResult"]["toolUseId"] for block in blocks if "toolResult" in block}
        if answered != open_calls:
            raise WireError(f"the calls {open_calls} are followed by answers to {answered}")
        open_calls = {block["toolUse"]["toolUseId"] for block in blocks if "toolUse" in block}
        for block in blocks:
            _read_block(seen, block)
        said = "\n".join(block["text"] for block in blocks if "text" in block)
        if said:
            seen.said.append((message["role"], said))
    if (seen.calls or seen.answers) and not seen.tools:
        raise WireError("the toolConfig field must be defined when using toolUse and toolResult content blocks")


def _read_block(seen: Seen, block: dict[str, Any]) -> None:
    if "toolUse" in block:
        use = block["toolUse"]
        seen.calls.append((use["toolUseId"], use["name"], use["input"]))
    elif "toolResult" in block:
        texts = [part["text"] for part in block["toolResult"]["content"]]
        if not all(text.strip() for text in texts):
            raise WireError("the text field in the toolResult is blank")
        seen.answers.append((block["toolResult"]["toolUseId"], "".join(texts)))
    elif "image" in block:
        seen.images.append(block["image"]["source"]["bytes"])
    elif "reasoningContent" not in block and not block["text"].strip():
        raise WireError("the text field in the ContentBlock object is blank")


def _usage(reply: Say | Call) -> dict[str, int]:
    total = reply.prompt_tokens + reply.completion_tokens
    return {"inputTokens": reply.prompt_tokens, "outputTokens": reply.completion_tokens, "totalTokens": total}


def calls_of(seen: Seen, reply: Say | Call) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The tools that a reply calls; a JSON that was asked for by way of a tool is one as well."""
    if isinstance(reply, Call):
        return reply.calls
    return (("final_answer", json.loads(reply.text)),) if "final_answer" in seen.tools else ()


def blocks_of(seen: Seen, reply: Say | Call) -> list[dict[str, Any]]:
    """The content of an answer; a thought stands before it, as models that think send it."""
    thought = {"reasoningContent": {"reasoningText": {"text": "Let me see.", "signature": "c2lnbmVk"}}}
    calls = calls_of(seen, reply)
    if not calls:
        assert isinstance(reply, Say)
        return [thought, {"text": reply.text}]
    uses = [
        {"toolUseId": f"tooluse_{number}", "name": name, "input": arguments}
        for number, (name, arguments) in enumerate(calls)
    ]
    return [thought, *({"toolUse": use} for use in uses)]


def stop_reason(seen: Seen, reply: Say | Call) -> str:
    return "tool_use" if calls_of(seen, reply) else "end_turn"


def events_of(seen: Seen, reply: Say | Call) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a streamed answer."""
    yield "messageStart", {"role": "assistant"}
    for index, block in enumerate(blocks_of(seen, reply)):
        if "toolUse" in block:
            use = block["toolUse"]
            start = {"toolUse": {"toolUseId": use["toolUseId"], "name": use["name"]}}
            yield "contentBlockStart", {"start": start, "contentBlockIndex": index}
            written = json.dumps(use["input"])
            deltas = [{"toolUse": {"input": half}} for half in (written[:7], written[7:])]
        elif "text" in block:
            deltas = [{"text": word} for word in words_of(block["text"])]
        else:
            thought = block["reasoningContent"].get("reasoningText", block["reasoningContent"])
            deltas = [{"reasoningContent": {key: thought[key]}} for key in thought]
        for delta in deltas:
            yield "contentBlockDelta", {"delta": delta, "contentBlockIndex": index}
        yield "contentBlockStop", {"contentBlockIndex": index}
    yield "messageStop", {"stopReason": stop_reason(seen, reply)}
    yield "metadata", {"usage": _usage(reply), "metrics": {"latencyMs": 5}}


CASE = Case(
    name="Amazon Bedrock",
    server=BedrockServer,
    entry=lambda server: {
        "api_type": "bedrock",
        "model": MODEL,
        "aws_region": REGION,
        "aws_access_key": ACCESS_KEY,
        "aws_secret_key": KEY,
        "base_url": server.url,
    },
    price=(0.00006, 0.00024),
    package="boto3",
)
