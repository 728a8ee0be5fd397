"""reader in a warm process: for each line `[db, workers, urls]` it updates all feeds, and prints seconds, CPU seconds and entries.

Run by the Python of reader's own environment.
"""

from __future__ import annotations

import json
import sys
import time
import warnings

warnings.simplefilter("ignore")

from reader import make_reader  # noqa: E402  (what it imports warns, and standard error is read)

for line in sys.stdin:
    database, workers, urls = json.loads(line)
    reader = make_reader(database)
    for url in urls:
        reader.add_feed(url, exist_ok=True)
    begin, busy = time.perf_counter(), time.process_time()
    reader.update_feeds(scheduled=False, workers=workers)
    took, cpu = time.perf_counter() - begin, time.process_time() - busy
    broken = sum(1 for feed in reader.get_feeds() if feed.last_exception)
    print(json.dumps([took, cpu, reader.get_entry_counts().total, broken]), flush=True)
    reader.close()
