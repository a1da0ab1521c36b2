"""What happens, written down as it is heard; looked at, put right and drawn."""
