CREATE TABLE users (id serial PRIMARY KEY);
CREATE TABLE posts (id serial PRIMARY KEY, user_id int REFERENCES users(id));
CREATE INDEX posts_user_idx ON posts (user_id);
CREATE INDEX other ON posts (id, user_id);
