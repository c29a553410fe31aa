"""Imported by the fork server alone, as the first of its preloads: it outlives the signals that end its parent.

A terminal or a service manager signals the whole group. The daemon then finishes what it has begun, for which it needs
its workers; the fork server ends by itself when the process that started it is gone.
"""

import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
