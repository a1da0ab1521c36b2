"""Who and what is in the workspace: people, user groups, channels."""
