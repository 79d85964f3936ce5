create table cart (id bigint primary key, content jsonb not null);
