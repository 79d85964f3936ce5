CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT, space INTEGER REFERENCES spaces (id));
INSERT INTO posts (space) SELECT id FROM old_posts;
INSERT INTO schema_migrations (version) VALUES ('1');
