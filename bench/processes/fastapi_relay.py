"""The bare relay once more, in FastAPI and uvicorn: forwards each message both ways and keeps nothing.

Usage: python3 fastapi_relay.py <ws address of the provider>. Prints the port that it listens on.
"""

import asyncio
import socket
import sys

import uvicorn
import websockets
from fastapi import FastAPI, WebSocket

provider = sys.argv[1]
app = FastAPI()


@app.websocket("/v4/listen")
async def listen(client: WebSocket) -> None:
    await client.accept()
    address = f"{provider}/v1/listen?{client.url.query}"
    async with websockets.connect(address, compression=None, ping_interval=None) as upstream:

        async def forward() -> None:
            while True:
                message = await client.receive()
                if message["type"] == "websocket.disconnect":
                    return
                data = message.get("bytes")
                await upstream.send(message["text"] if data is None else data)

        async def answer() -> None:
            async for message in upstream:
                if isinstance(message, bytes):
                    await client.send_bytes(message)
                else:
                    await client.send_text(message)

        tasks = [asyncio.create_task(forward()), asyncio.create_task(answer())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(4096)
print(f"port {listener.getsockname()[1]}", flush=True)
config = uvicorn.Config(app, log_level="warning", ws_per_message_deflate=False)
asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
