"""Other systems that are told of tickets by signed webhooks."""
