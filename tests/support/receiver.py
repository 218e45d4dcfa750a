#!/usr/bin/python3
"""receiver.py FOLDER [CERTIFICATE KEY]: takes what is sent to it over HTTP (with a certificate,
HTTPS) on a free port of 127.0.0.1, which it prints. Each request becomes FOLDER/N.json. How it
answers is the first part of the path: /ok, /500, /once500, /later (429 with Retry-After: 1, then
taken), /much-later, /slow, /endless, /moved, /teapot, /rejected."""
import http.server
import json
import ssl
import sys
import threading
import time

folder = sys.argv[1]
lock = threading.Lock()
count = 0
seen = {}


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def take(self):
        global count
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        manner = self.path.split("/")[1]
        with lock:
            count += 1
            seen[manner] = times = seen.get(manner, 0) + 1
            with open(f"{folder}/{count}.json", "w", encoding="utf-8") as out:
                json.dump({"method": self.command, "path": self.path, "at": time.monotonic(),
                           "headers": {k.lower(): v for k, v in self.headers.items()},
                           "body": body.decode()}, out)
        if manner == "500" or (manner == "once500" and times == 1):
            self.answer(500, b"broken")
        elif manner == "later" and times == 1:
            self.answer(429, Retry_After="1")
        elif manner == "much-later":
            self.answer(503, Retry_After="3600")
        elif manner == "slow":
            time.sleep(900)
        elif manner == "endless":
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b"more " * 1000)
        elif manner == "moved":
            self.answer(307, Location="/ok/elsewhere")
        elif manner == "teapot":
            self.answer(418)
        elif manner == "rejected":
            self.answer(200, b'{"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"too old"}}')
        else:
            self.answer(200, b"{}")

    do_POST = do_PUT = do_GET = take

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):  # a client that hangs up is what some tests are about
        pass


server = Server(("127.0.0.1", 0), Handler)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_address[1], flush=True)
server.serve_forever()
