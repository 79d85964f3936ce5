CREATE TABLE bets (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  placed_on date
);
CREATE INDEX ON bets (user_id);
