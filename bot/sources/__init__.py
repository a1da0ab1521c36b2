"""Other systems' data: how it is read, and how what they send is verified."""
