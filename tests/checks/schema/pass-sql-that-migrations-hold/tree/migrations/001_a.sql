CREATE TABLE posts (id serial PRIMARY KEY, title text);
ALTER TABLE posts ADD COLUMN slug text;
