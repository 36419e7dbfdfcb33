"""The live socket without a library: says a sentence and prints the segment that comes back.

OMI_URL=http://127.0.0.1:8000 OMI_TOKEN=... python3 samples/client/raw.py
"""

import base64
import json
import os
import socket
import ssl
import struct
from urllib.parse import urlsplit

server = urlsplit(os.environ.get("OMI_URL", "http://127.0.0.1:8000"))
is_secure = server.scheme == "https"
port = server.port or (443 if is_secure else 80)
connection = socket.create_connection((server.hostname, port), timeout=30)
if is_secure:
    connection = ssl.create_default_context().wrap_socket(
        connection, server_hostname=server.hostname
    )
stream = connection.makefile("rb")

# The upgrade of RFC 6455. A refusal is an ordinary HTTP response with a sentence.
connection.sendall(
    "\r\n".join(
        [
            f"GET {server.path.rstrip('/')}/v4/listen?custom_stt=enabled HTTP/1.1",
            f"Host: {server.netloc}",
            f"Authorization: Bearer {os.environ['OMI_TOKEN']}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "",
            "",
        ]
    ).encode()
)
status = stream.readline().decode()
while stream.readline().strip():
    pass
if " 101 " not in status:
    raise SystemExit(status)


def send(opcode: int, payload: bytes) -> None:
    """Sends one frame; those of clients are masked."""
    mask = os.urandom(4)
    size = len(payload)
    head = bytes([0x80 | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    else:
        head += bytes([0x80 | 126]) + struct.pack("!H", size)
    connection.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))


def receive() -> tuple[int, bytes]:
    """Returns opcode and payload of the next frame."""
    first, second = stream.read(2)
    size = second & 0x7F
    if size == 126:
        (size,) = struct.unpack("!H", stream.read(2))
    elif size == 127:
        (size,) = struct.unpack("!Q", stream.read(8))
    return first & 0x0F, stream.read(size)


TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
sentence = {"text": "The red tiles fit the kitchen best.", "start": 0, "end": 3}
send(TEXT, json.dumps({"type": "suggested_transcript", "segments": [sentence]}).encode())
while True:
    opcode, payload = receive()
    if opcode == PING:
        send(PONG, payload)
    elif opcode == CLOSE:
        raise SystemExit(f"closed with {struct.unpack('!H', payload[:2])[0]}")
    elif opcode == TEXT and payload.startswith(b"["):
        for segment in json.loads(payload):
            print(f"{segment['speaker']}: {segment['text']}")
        break
send(CLOSE, struct.pack("!H", 1000))
