"""A process that holds SQLite's write lock: `python -m tests.servers.locker FILE SECONDS`."""

import sys
import time

import pysqlite3


def main(file: str, seconds: float) -> None:
    """Take the lock, say so, and give it back after a while."""
    line = pysqlite3.connect(file, isolation_level=None, timeout=10)
    line.execute("BEGIN IMMEDIATE")
    print("held", flush=True)
    time.sleep(seconds)
    line.execute("ROLLBACK")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
