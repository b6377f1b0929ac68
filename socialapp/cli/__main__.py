"""`python -m socialapp.cli`: how a process of ours starts another."""

from socialapp.cli import main

main()
