"""Apprise in a warm process: reads a line of addresses, notifies, prints when it began and ended.

Run by the Python of Apprise's own environment.
"""

from __future__ import annotations

import json
import sys
import time

import apprise

for line in sys.stdin:
    sender = apprise.Apprise()
    for url in json.loads(line):
        sender.add(url)
    begin = time.time()
    sender.notify(title="Crue de la Seine", body="Quais fermés. Évitez les bords de Seine.")
    print(json.dumps([begin, time.time()]), flush=True)
