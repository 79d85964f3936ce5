CREATE INDEX ON bets (user_id, id);
