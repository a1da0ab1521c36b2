"""Settings from the environment, `floor.yaml`, and YAML with file and line."""
