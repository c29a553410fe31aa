"""What spark-submit starts: `samewire cluster` on a cluster. `job.py --help` says how, ingest/scale/job.py does it."""

import sys

from ingest.scale.job import main

sys.exit(main())
