"""What is left to do after an incident, with an owner and a day, until it is done."""
