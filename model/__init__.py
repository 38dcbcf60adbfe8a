"""Words and rules, standard library only: what every other room speaks in."""
