"""The post-mortem draft."""
