"""Whose turn it is in the server: moto and our extensions do one thing at a time.

moto walks over what others add to, and loads its services and our extensions when they are first asked for.
Python's own lock lets no two run side by side anyhow. Whoever else touches what moto holds takes a turn too,
and a short one: no request is answered meanwhile.
"""

from __future__ import annotations

import threading

TURN = threading.RLock()
