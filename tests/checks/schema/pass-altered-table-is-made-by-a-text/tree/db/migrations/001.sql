DO $$ BEGIN
 EXECUTE 'CREATE TABLE orders (id int)';
END $$;
