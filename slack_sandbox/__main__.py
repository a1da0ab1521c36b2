"""`python -m slack_sandbox`."""

from slack_sandbox.command import main

if __name__ == "__main__":
    main()
