create table posts (
  id uuid primary key default gen_random_uuid(),
  author uuid not null references auth.users (id),
  space uuid references public.spaces (id)
);
create policy "all may read" on posts for select using (true);
create trigger touched before update on comments for each row execute function touch();
insert into storage.buckets (id) values ('images');
insert into posts (id) select id from drafts;
