CREATE TABLE tmp (id int);
DROP TABLE tmp;
ALTER TABLE users
  DROP COLUMN legacy_name,
  ALTER COLUMN age TYPE bigint;
-- DROP TABLE a;
INSERT INTO notes VALUES ('DROP TABLE b;');
DELETE FROM sessions;
-- +goose Down
DROP TABLE users;
