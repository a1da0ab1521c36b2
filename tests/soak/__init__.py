"""A long random life of incidents among kills, stops and faults: `make soak`."""
