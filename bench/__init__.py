"""The benchmark: how fast, how small, how even. `python -m bench` prints it and writes `build/bench.json`."""
