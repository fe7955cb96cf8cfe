"""What the platforms remember: clocks, tokens, quotas, phones, groups, media, faults, the journal."""
