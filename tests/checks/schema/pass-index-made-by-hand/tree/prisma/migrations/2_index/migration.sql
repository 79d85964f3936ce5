CREATE INDEX by_author ON "Post" ("authorId");
