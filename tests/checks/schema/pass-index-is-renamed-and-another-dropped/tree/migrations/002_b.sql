ALTER INDEX posts_user_idx RENAME TO p;
DROP INDEX other;
