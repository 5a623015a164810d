"""`LocalStore`: a person's commands, pulls, verdicts and loads, each one transaction over replica and outbox."""
