"""Put the jobs of these tests where workers can import them by name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
