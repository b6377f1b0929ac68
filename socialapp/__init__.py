"""Plan, schedule and publish posts; the tree of rooms is drawn in docs/ARCHITECTURE.md."""

import sys

import pysqlite3

# Before anything imports sqlite3: every SQLite before 3.51.3 has a race that can corrupt a WAL
# shared by several connections, and the one that Python brings is the machine's own.
sys.modules["sqlite3"] = pysqlite3
sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
