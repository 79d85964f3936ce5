CREATE TABLE users (id uuid PRIMARY KEY);
CREATE TABLE bets (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id),
  game_id uuid REFERENCES games (id)
);
