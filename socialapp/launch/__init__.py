"""Starting it all on one machine: the bundled server, the pages, the processes, the doctor.

Nothing here imports Reflex, SQLAlchemy or Pillow when it is loaded (pages.py is for the build):
the supervisor stays for as long as the app runs, and its memory counts.
"""
