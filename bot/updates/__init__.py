"""Stakeholder updates: promises made, kept and missed."""
