"""Tests read as sentences of the product."""
