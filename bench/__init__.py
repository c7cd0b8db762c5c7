"""The benchmark: what docker-run adds to a run, and what it does when too many arrive. See scripts/bench."""
