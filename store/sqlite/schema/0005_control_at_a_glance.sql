-- Who controls thousands of places at an instant, as known now, read without their rows: all that a map shows of them.

-- ---- Derived ----------------------------------------------------------------------------------------------------

DROP INDEX span_now;
CREATE INDEX span_now ON span (
    situation, place, occurred_from,
    status, actor, former, flags, since, since_precision, n_for, n_against, grade
) WHERE known_to = 9223372036854775807;
