"""The sample newsroom on loopback: each publisher on a port of its own, over real HTTP, with what real servers do."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import urlsplit

from ingest.demo.feeds import render_feed
from ingest.demo.newsroom import EDITIONS, Document, Newsroom, Publisher
from ingest.demo.pages import render_page, render_start_page

_HOST = "127.0.0.1"
_ROBOTS = "User-agent: *\nDisallow: /login\nDisallow: /subscribe\nDisallow: /consent\n"
_POLL_S = 0.02  # how often a listening thread looks whether it should end
_IDLE_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """One request as a publisher saw it, and what it answered."""

    publisher: str  # key
    method: str
    path: str  # with its query
    status: int
    headers: Mapping[str, str]  # of the request, names in lower case


@dataclass(frozen=True, slots=True, kw_only=True)
class _Redirect:
    status: HTTPStatus
    location: str


class NewsroomServer:
    """Serves every publisher of a newsroom from a port of its own on 127.0.0.1, from entering to leaving the context.

    opened_at: the moment to which the articles' offsets count, an aware datetime. max_delay_s: upper bound on how
    long the slow publisher takes. The addresses are known, and the ports taken, as soon as the object exists.
    """

    def __init__(self, newsroom: Newsroom, *, opened_at: datetime, max_delay_s: float = 1.5) -> None:
        self.newsroom = newsroom
        self.opened_at = opened_at.astimezone(UTC).replace(microsecond=0)
        self.max_delay_s = max_delay_s
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._edition = EDITIONS[0]
        self._log: list[LoggedRequest] = []
        self._threads: list[threading.Thread] = []
        self._sites = {publisher.key: _Site(self, publisher) for publisher in newsroom.publishers}
        self._base_urls = MappingProxyType({key: f"http://{_HOST}:{site.port}" for key, site in self._sites.items()})

    def __enter__(self) -> Self:
        for key, site in self._sites.items():
            thread = threading.Thread(target=site.serve_forever, args=(_POLL_S,), name=f"newsroom-{key}", daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving and free the ports; does not wait for answers that are still on their way."""
        self.stopping.set()
        if self._threads:  # shutdown() of a server that never served waits for ever
            # all at once: each takes up to a look's time to notice
            stoppers = [threading.Thread(target=site.shutdown) for site in self._sites.values()]
            for stopper in stoppers:
                stopper.start()
            for thread in (*stoppers, *self._threads):
                thread.join()
            self._threads.clear()
        for site in self._sites.values():
            site.server_close()

    @property
    def edition(self) -> int:
        """Which edition is served now; may be set from any thread while the server runs."""
        with self._lock:
            return self._edition

    @edition.setter
    def edition(self, edition: int) -> None:
        if edition not in EDITIONS:
            raise ValueError(f"edition {edition}: expected one of {EDITIONS}")
        with self._lock:
            self._edition = edition

    @property
    def base_urls(self) -> Mapping[str, str]:
        """Publisher key to "http://127.0.0.1:port"."""
        return self._base_urls

    @property
    def allow(self) -> list[str]:
        """Return every publisher's host:port, for `poll.allow` of the configuration."""
        return [urlsplit(url).netloc for url in self._base_urls.values()]

    @property
    def log(self) -> tuple[LoggedRequest, ...]:
        """All requests so far, in the order in which they were answered."""
        with self._lock:
            return tuple(self._log)

    def base_url(self, publisher_key: str) -> str:
        """Return the publisher's address without a trailing slash. Raises KeyError."""
        return self._base_urls[publisher_key]

    def feed_url(self, publisher_key: str) -> str:
        """Return the address under which the publisher's feed is known, which may redirect. Raises KeyError."""
        return self._base_urls[publisher_key] + self.newsroom.publisher(publisher_key).known_feed_path

    def record(self, request: LoggedRequest) -> None:
        """Add a request to the log."""
        with self._lock:
            self._log.append(request)

    def answer(self, publisher: Publisher, path: str) -> Document | _Redirect | None:
        """Return what the publisher has at a path now; None for nothing."""
        edition = self.edition
        articles = self.newsroom.articles_of(publisher.key)
        if path == "/":
            return render_start_page(publisher, articles, self._base_urls, self.opened_at, edition)
        if path == "/robots.txt":
            return Document(body=_ROBOTS.encode(), content_type="text/plain", modified_at=self.opened_at)
        if path == publisher.feed_path:
            return render_feed(publisher, articles, self._base_urls, self.opened_at, edition)
        if path == publisher.old_feed_path:
            return _Redirect(status=HTTPStatus.MOVED_PERMANENTLY, location=publisher.feed_path)
        for article in articles:
            if article.edition > edition:
                continue
            page_path = publisher.article_path.format(slug=article.slug)
            if path == page_path:
                return render_page(publisher, article, self._base_urls, self.opened_at, edition, neighbours=articles)
            if publisher.old_article_path and path == publisher.old_article_path.format(slug=article.slug):
                return _Redirect(status=HTTPStatus.FOUND, location=page_path)
        return None


class _Site(ThreadingHTTPServer):
    """One publisher's listening socket."""

    daemon_threads = True
    block_on_close = False  # an answer that nobody waits for must not hold up the end
    request_queue_size = 64

    def __init__(self, newsroom_server: NewsroomServer, publisher: Publisher) -> None:
        self.newsroom_server = newsroom_server
        self.publisher = publisher
        super().__init__((_HOST, 0), _Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def server_bind(self) -> None:
        """Bind without HTTPServer's look-up of the host's name, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = _HOST, self.port

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hangs up early is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Site
    protocol_version = "HTTP/1.1"
    server_version = "press/1.0"
    sys_version = ""
    timeout = _IDLE_TIMEOUT_S

    def do_GET(self) -> None:
        newsroom_server, publisher = self.server.newsroom_server, self.server.publisher
        # wait() returns at once when the server stops
        newsroom_server.stopping.wait(min(publisher.delay_s, newsroom_server.max_delay_s))
        answer = newsroom_server.answer(publisher, urlsplit(self.path).path)
        match answer:
            case None:
                self._send(HTTPStatus.NOT_FOUND, {"Content-Type": "text/plain"}, b"Not found\n")
            case _Redirect():
                self._send(answer.status, {"Location": answer.location}, b"")
            case Document():
                self._send_document(answer)

    do_HEAD = do_GET

    def _send_document(self, document: Document) -> None:
        body = document.body
        headers = {"Content-Type": document.content_type, "Vary": "Accept-Encoding"}
        if accepts_gzip(self.headers.get("Accept-Encoding", "")):
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        # of the bytes as they are sent: a strong validator tells the compressed from the plain ones
        headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        headers["Last-Modified"] = format_datetime(document.modified_at.astimezone(UTC), usegmt=True)
        if self._is_fresh(headers["ETag"], document.modified_at):
            kept = {name: value for name, value in headers.items() if name in {"ETag", "Last-Modified", "Vary"}}
            self._send(HTTPStatus.NOT_MODIFIED, kept, None)
        else:
            self._send(HTTPStatus.OK, headers, body)

    def _is_fresh(self, etag: str, modified_at: datetime) -> bool:
        known = self.headers.get("If-None-Match")
        if known is not None:  # RFC 9110 §13.1.3: the date is then not looked at
            return known.strip() == "*" or etag in {part.strip().removeprefix("W/") for part in known.split(",")}
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        try:
            return modified_at <= parsedate_to_datetime(since)
        except (ValueError, TypeError):  # no date, or one without a zone
            return False

    def _send(self, status: HTTPStatus, headers: Mapping[str, str], body: bytes | None) -> None:
        """Write one answer and log it first, so that a client that has it can find it in the log."""
        self.server.newsroom_server.record(
            LoggedRequest(
                publisher=self.server.publisher.key,
                method=self.command,
                path=self.path,
                status=int(status),
                headers={name.lower(): value for name, value in self.headers.items()},
            )
        )
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if body is not None:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")  # a kept connection would keep its thread
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing to the terminal; the log is a value."""


def accepts_gzip(accept_encoding: str) -> bool:
    """Say whether an Accept-Encoding header takes gzip: named, and not with a weight of zero."""
    for part in accept_encoding.lower().split(","):
        coding, _, parameters = part.partition(";")
        if coding.strip() == "gzip":
            return parameters.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
