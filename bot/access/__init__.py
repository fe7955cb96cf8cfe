"""Who may do what: sign-in, API keys, scopes, the audit log."""
