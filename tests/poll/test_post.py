"""One POST to a stranger's address, and what its refusal says."""

from __future__ import annotations

import pytest

from ingest.errors import FetchError, Reason
from ingest.poll.post import post
from tests.poll.conftest import answer


@pytest.mark.parametrize(
    ("redirects", "asked", "words"),
    [(0, 1, "answered 307; name the address that it leads to"), (3, 4, "answered 307 and leads on and on")],
)
async def test_redirects_are_followed_as_far_as_is_asked_and_the_refusal_says_which(
    client, server, redirects, asked, words
):
    for number in range(9):
        server.on(f"/{number}", answer(b"", "307 Temporary Redirect", Location=f"/{number + 1}"))
    with pytest.raises(FetchError) as caught:
        await post(client, server.url("/0"), b"x", headers=[], timeout_s=5, max_redirects=redirects)
    assert (caught.value.reason, str(caught.value)) == (Reason.REDIRECTS, f"{server.url('/0')} {words}")
    assert [one.target for one in server.asked] == [f"/{number}" for number in range(asked)]
