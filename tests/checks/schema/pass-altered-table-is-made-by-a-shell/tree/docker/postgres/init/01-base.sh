#!/bin/sh
psql <<-SQL
  CREATE TABLE orders (id int);
SQL
