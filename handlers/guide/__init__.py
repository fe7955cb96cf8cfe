"""What residents and staff can look up."""
