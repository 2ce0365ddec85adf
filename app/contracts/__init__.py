"""What a hire makes: a contract and its milestones."""
