"""What other systems know: how it is read, and how what they send is checked."""
