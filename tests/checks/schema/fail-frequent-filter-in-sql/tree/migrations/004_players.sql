ALTER TABLE players ADD COLUMN nick text;
