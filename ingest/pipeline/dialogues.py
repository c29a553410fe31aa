"""The threads in which mail servers are talked to, by the digest's trip and the alerts' alike."""

from ingest.poll.threads import Threads

#: A silent mail server must not keep the daemon from ending.
MAIL_THREADS = Threads(12, "samewire-mail")
