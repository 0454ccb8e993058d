"""What all servers in the cloud of Amazon share: signed requests, and event streams in binary frames."""

from __future__ import annotations

import json
import struct
from typing import Any
from urllib.parse import quote
from zlib import crc32

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from kit import KEY, WireError

from autogen_classic.testing.http_server import HttpRequest

ACCESS_KEY = "AKIAEXAMPLEEXAMPLE"
REGION = "us-east-1"
EVENT_STREAM = "application/vnd.amazon.eventstream"


def check_signature(http: HttpRequest, unquoted: str) -> None:
    """Sign a request again, and compare.

    Args:
        http: the request.
        unquoted: the characters that the SDK leaves as they are in a path.
    """
    scheme, _, rest = http.headers.get("authorization", "").partition(" ")
    if scheme != "AWS4-HMAC-SHA256":
        raise WireError(f"the request is not signed: {scheme}")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    signer = SigV4Auth(Credentials(ACCESS_KEY, KEY), "bedrock", REGION)
    url = f"http://{http.headers['host']}{quote(http.path, safe=unquoted)}"
    headers = {name: http.headers[name] for name in parts["SignedHeaders"].split(";")}
    request = AWSRequest(http.method, url, headers=headers, data=http.body)
    request.context["timestamp"] = http.headers["x-amz-date"]
    if parts["Credential"] != signer.scope(request):
        raise WireError(f"signed by {parts['Credential']}")
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    if parts["Signature"] != signature:
        raise WireError("the signature is another one")


def frame(kind: str, payload: dict[str, Any], message_type: str = "event") -> bytes:
    """Write one event of an event stream: lengths, a checksum, headers, the payload, a checksum of all."""
    values = {":message-type": message_type, f":{message_type}-type": kind, ":content-type": "application/json"}
    headers = b"".join(
        struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(value)) + value.encode()
        for name, value in values.items()
    )
    body = json.dumps(payload).encode()
    prelude = struct.pack("!II", 16 + len(headers) + len(body), len(headers))
    message = prelude + struct.pack("!I", crc32(prelude)) + headers + body
    return message + struct.pack("!I", crc32(message))
