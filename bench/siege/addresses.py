"""Cases of addresses: every spelling of the inside, names that lead there, and IPv6 hosts that must be reached."""

from __future__ import annotations

from bench.siege.case import PLAIN, add, read, refuses
from bench.siege.redirects import leads
from bench.siege.transport import replies

G = "address"
_INSIDE = refuses("address", "port", "url", "dns", "scheme")

#: Spellings of loopback and other inner addresses, at the port that nobody may reach.
_SPELLED: dict[str, str] = {
    "short": "http://127.1:{inner}/",
    "decimal": "http://2130706433:{inner}/",
    "octal-long": "http://00000177.0.0.1:{inner}/",
    "hex": "http://0x7f.1:{inner}/",
    "hex-whole": "http://0x7f000001:{inner}/",
    "mixed-bases": "http://0x7f.0.0.01:{inner}/",
    "zero": "http://0:{inner}/",
    "overflow": "http://4294967297:{inner}/",
    "dot": "http://127.0.0.1.:{inner}/",
    "two-dots": "http://127.0.0.1..:{inner}/",
    "wide-digits": "http://１２７.０.０.１:{inner}/",
    "circled-digits": "http://①②⑦.⓪.⓪.①:{inner}/",
    "wide-dots": "http://127。0。0。1:{inner}/",
    "escaped": "http://%31%32%37.0.0.1:{inner}/",
    "localhost-upper": "http://LOCALHOST:{inner}/",
    "localhost-below": "http://a.b.localhost:{inner}/",
    "v6-loopback": "http://[0:0:0:0:0:0:0:1]:{inner}/",
    "v6-any": "http://[::]:{inner}/",
    "v6-mapped-hex": "http://[::ffff:7f00:1]:{inner}/",
    "v6-compatible": "http://[::127.0.0.1]:{inner}/",
    "v6-6to4": "http://[2002:7f00:1::]:{inner}/",
    "v6-teredo": "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/",
    "v6-nat64-local": "http://[64:ff9b:1::7f00:1]/",
    "v6-unique-local": "http://[fd00:ec2::254]/latest/meta-data/",
    "v6-site-local": "http://[fec0::1]/",
    "v6-zone": "http://[fe80::1%25lo]/",
    "v6-zone-raw": "http://[fe80::1%lo]/",
    "v6-documentation": "http://[2001:db8::1]/",
    "v6-future": "http://[v1.fe80::a]/",
    "benchmark-net": "http://198.18.0.1/",
    "carrier-nat": "http://100.64.0.1/",
    "this-net": "http://0.1.2.3/",
    "multicast": "http://239.255.255.250/",
    "reserved": "http://240.0.0.1/",
    "broadcast": "http://255.255.255.255/",
    "metadata-alibaba": "http://100.100.100.200/latest/meta-data/",
    "metadata-oracle": "http://192.0.0.192/",
    "trailing-text": "http://127.0.0.1%00.example.org:{inner}/",
}
for _name, _url in _SPELLED.items():
    # Said in a Location, since a command line would be refused before anything is asked.
    add(f"spelled-{_name}", G, _url.replace("{inner}", "PORT"), leads(_url), outcome=("refused", "error"), exits=(1,),
        reasons=("address", "port", "redirects", "dns", "url"), entries=(0, 0))  # fmt: skip

_LEADING = {
    "inside": "10/8", "inside6": "fd00::/8", "mixed": "one public answer and one inner", "mixed6": "public IPv4, inner IPv6",
    "mapped": "an IPv4-mapped answer", "sixtofour": "a 6to4 answer", "teredo": "a Teredo answer",
    "nat64": "NAT64 of loopback", "zone": "an answer with a zone", "multicast": "a multicast answer",
    "broadcast": "the broadcast address", "shared": "carrier-grade NAT", "benchmark": "198.18/15",
    "many-inside": "250 public answers and one inner",
}  # fmt: skip
for _name, _what in _LEADING.items():
    add(_name, "name", f"a name that leads to: {_what}", replies(PLAIN), **_INSIDE)

add(
    "noanswer",
    "name",
    "a name without an address",
    replies(PLAIN),
    outcome=("error",),
    reasons=("dns",),
    entries=(0, 0),
    exits=(1,),
)
add("many", "name", "250 public answers: eight are tried, all are checked", replies(PLAIN), **read())
add("rebind", "name", "public at the first poll, loopback at the second: checked anew", replies(PLAIN), times=2,
    outcome=("refused",), reasons=("address",), entries=(1, 1), exits=(0, 1))  # fmt: skip
add("v6only", "ipv6", "a host with an IPv6 address alone is reached", replies(PLAIN), **read())
add("both", "ipv6", "a host with both families", replies(PLAIN), **read())
add("dead6", "ipv6", "the IPv6 address is dead, the IPv4 one lives", replies(PLAIN), **read())
add("literal6", "ipv6", "a public IPv6 address as the host", replies(PLAIN), **read(),
    command=("poll", "http://[2606:2800:220:1::7]/literal6"))  # fmt: skip
add("literal4", "ipv6", "a public IPv4 address as the host", replies(PLAIN), **read(),
    command=("poll", "http://93.184.216.34/literal4"))  # fmt: skip
