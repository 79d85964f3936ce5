-- Takes the index and the table back; it is no migration.
DROP TABLE bets;
CREATE TABLE bets (id uuid);
