"""Serve the built site on this machine, compressed as a real host does: ``python serve.py FOLDER``."""
import errno
import functools
import gzip
import io
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# Told here, since the tables of machines differ; a browser refuses a module or MicroPython of a wrong type.
TYPES = {
    ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json",
    ".svg": "image/svg+xml", ".woff": "font/woff", ".woff2": "font/woff2",
}
PACKED = {".woff", ".woff2", ".png"}                # compressed as they are


@functools.cache
def packed(path, changed):
    return gzip.compress(path.read_bytes(), 6)


class Site(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | TYPES

    def send_head(self):
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.split("?")[0].endswith("/"):
            path /= "index.html"
        if not path.is_file() or path.suffix in PACKED or "gzip" not in self.headers.get("Accept-Encoding", ""):
            return super().send_head()
        body = packed(path, path.stat().st_mtime_ns)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Vary", "Accept-Encoding")
        self.end_headers()
        return io.BytesIO(body)

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")       # after the next build the reader sees the next build
        super().end_headers()

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, address)          # a browser that hangs up early is no error


def serve(folder, port=0, answers=Site):
    """A server for the folder, on 127.0.0.1 alone; port 0 takes any free one. Call serve_forever() on it."""
    return Server(("127.0.0.1", port), functools.partial(answers, directory=str(folder)))


def serve_near(folder, port):
    """The same on the first free port from that one on."""
    try:
        return serve(folder, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return serve_near(folder, port + 1)


def main(folder):
    if not (Path(folder) / "index.html").is_file():
        sys.exit(f"folder: the built site, must hold index.html, got {folder}")
    with serve_near(folder, 8000) as server:
        print(f"The book is at http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main(sys.argv[1])
