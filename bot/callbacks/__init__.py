"""The platforms' callbacks: verify, decrypt, parse, respond, encrypt."""
