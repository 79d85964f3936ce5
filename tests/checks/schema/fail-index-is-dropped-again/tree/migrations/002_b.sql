DROP INDEX IF EXISTS posts_user_idx;
