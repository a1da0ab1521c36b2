"""Computations on cases: deadlines, the board's order, balance, bursts of similar cases. Pure."""
