"""The benchmark: how much docker-run adds to a run, and its behaviour under overload. See scripts/bench."""
