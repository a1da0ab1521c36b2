"""The benchmark of the bot's speed and size. `python -m bench` prints it and writes `build/bench.json`."""
