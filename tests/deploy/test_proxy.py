"""nginx and Caddy take their configurations; nginx, run for real, lets nobody name themselves."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from .conftest import DEPLOY, said, tool

NGINX = (DEPLOY / "proxy" / "nginx.conf").read_text(encoding="utf-8")


class _Upstream(BaseHTTPRequestHandler):
    """Answers with the path and the header fields that it got."""

    def do_GET(self) -> None:
        wanted = ("X-Forwarded-User", "X-Forwarded-Proto", "Host", "Authorization")
        lines = [f"{self.server.server_port} {self.path}"]  # type: ignore[attr-defined]
        body = "\n".join([*lines, *(f"{name}={self.headers.get_all(name)}" for name in wanted)]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def upstream() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Upstream)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def laid_out(folder: Path, *, pages: int = 8001, pushes: int = 8002, plain: int = 0, tls: int = 0) -> Path:
    """nginx's whole configuration with ours in it, on ports of the test's and with files of its own."""
    openssl = tool("openssl", "openssl")
    ran = openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=stories.example.org", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem",
    )  # fmt: skip
    assert ran.returncode == 0, said(ran)
    (folder / "samewire.htpasswd").write_text("ada:{PLAIN}lovelace\n", encoding="utf-8")
    ours = NGINX.replace("/etc/ssl/samewire", str(folder)).replace("/etc/nginx", str(folder))
    ours = ours.replace("listen [::]:80;", "").replace("listen [::]:443 ssl http2;", "")
    ours = ours.replace("listen 80;", f"listen 127.0.0.1:{plain or free_port()};")
    ours = ours.replace("listen 443 ssl", f"listen 127.0.0.1:{tls or free_port()} ssl")
    ours = ours.replace("127.0.0.1:8001", f"127.0.0.1:{pages}").replace("127.0.0.1:8002", f"127.0.0.1:{pushes}")
    (folder / "samewire.conf").write_text(ours, encoding="utf-8")
    paths = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"pid {folder}/pid; error_log {folder}/error.log; daemon off; master_process off; worker_processes 1;\n"
        f"events {{}}\nhttp {{ access_log off; {paths} include {folder}/samewire.conf; }}\n",
        encoding="utf-8",
    )
    return main


def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    nginx = tool("nginx", "nginx")
    ran = nginx("-t", "-c", laid_out(tmp_path), "-p", tmp_path)
    assert ran.returncode == 0, said(ran)
    assert "[warn]" not in said(ran)


def test_caddy_takes_its_configuration() -> None:
    caddy = tool("caddy", "caddy")
    ran = caddy("validate", "--adapter", "caddyfile", "--config", DEPLOY / "proxy" / "Caddyfile")
    assert ran.returncode == 0, said(ran)
    assert "Valid configuration" in said(ran)


def test_nginx_names_the_reader_and_believes_nobody_who_does(tmp_path: Path, upstream: ThreadingHTTPServer) -> None:
    tool("nginx", "nginx")
    pages, tls, plain = upstream.server_port, free_port(), free_port()
    main = laid_out(tmp_path, pages=pages, pushes=pages, plain=plain, tls=tls)
    places = ("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx")
    program = next(place for place in places if Path(place).exists())
    running = subprocess.Popen([program, "-c", str(main), "-p", str(tmp_path)], stderr=subprocess.DEVNULL)
    try:
        wait_for(tls, running)
        login = {"Authorization": "Basic " + base64.b64encode(b"ada:lovelace").decode()}
        assert asked(tls, "/stories", {})[0] == 401
        assert asked(tls, "/stories", {"X-Forwarded-User": "root"})[0] == 401
        status, body = asked(tls, "/stories", {**login, "X-Forwarded-User": "root"})
        assert (status, "X-Forwarded-User=['ada']" in body) == (200, True)
        assert "X-Forwarded-Proto=['https']" in body
        assert "Authorization=None" in body
        status, body = asked(tls, "/-/samewire/health", {"X-Forwarded-User": "root"})
        assert (status, "X-Forwarded-User=None" in body) == (200, True)
        assert asked(tls, "/push/salt.key", {})[0] == 200
        with closing(http.client.HTTPConnection("127.0.0.1", plain, timeout=30)) as connection:
            connection.request("GET", "/stories", headers={"Host": "stories.example.org"})
            answer = connection.getresponse()
            assert (answer.status, answer.getheader("Location")) == (301, "https://stories.example.org/stories")
    finally:
        running.terminate()
        running.wait(30)


def asked(port: int, path: str, headers: dict[str, str]) -> tuple[int, str]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with closing(http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context)) as connection:
        connection.request("GET", path, headers={"Host": "stories.example.org", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and running.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("nginx does not listen")
