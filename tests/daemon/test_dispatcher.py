"""What the dispatcher starts, and for whom it keeps a place."""

from __future__ import annotations

import threading

from .conftest import Room, eventually

PAGE = "<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article></body></html>"


def test_a_host_that_hangs_keeps_no_other_hosts_pages_waiting(room: Room, ferry: tuple[str, str]) -> None:
    slow, title, text = room.publisher, *ferry
    other = f"http://localhost:{slow.server_address[1]}"  # another host, though the same server answers
    links = [slow.url(f"/held/{number}") for number in range(30)] + [f"{other}/free"]
    for number in range(30):
        slow.held[f"/held/{number}"] = threading.Event()
    items = "".join(f"<item><guid>{link}</guid><link>{link}</link><title>{link}</title></item>" for link in links)
    slow.pages["/feed"] = f'<rss version="2.0"><channel><title>f</title>{items}</channel></rss>'.encode()
    paragraphs = "".join(f"<p>{part}.</p>" for part in text.split(". "))
    slow.pages["/free"] = PAGE.format(title=title, text=paragraphs).encode()
    room.configure(slow.url("/feed"))
    config = room.folder / "config.toml"
    allowed = f'allow = ["{slow.host}", "localhost:{slow.server_address[1]}"]\nconcurrency = 4\ntimeout = "60s"'
    config.write_text(config.read_text().replace(f'allow = ["{slow.host}"]', allowed))
    room.start()
    eventually(
        lambda: room.rows(f"SELECT 1 FROM articles WHERE url = '{other}/free' AND status = 'extracted'"),
        "the page of the other host is read while thirty hang",
    )
    hanging = [path for path in slow.asked if path.startswith("/held/")]
    assert 1 <= len(hanging) <= 2, "a host is asked for two pages at once and no more"
