"""Post-mortems written, brought to people, reviewed and published."""
