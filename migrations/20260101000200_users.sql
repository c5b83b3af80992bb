-- People who book courses. They sign in at Clerk; this is what the academy itself shows of them.

create table users (
    -- Clerk's id of the person (`user_…`), or one of the same alphabet where there is no account yet.
    -- Collation "C": ids are compared byte by byte, on every server and in every consumer alike.
    id text collate "C" primary key check (id ~ '^[A-Za-z0-9_-]{1,64}$'),
    -- For the academy's own correspondence. No operation of the service API selects it.
    email text not null unique,
    name text,
    image_url text,
    created_at timestamptz(3) not null default clock_timestamp(),
    updated_at timestamptz(3) not null default clock_timestamp()
);

create trigger users_keep_updated_at before update on users
    for each row execute function keep_updated_at();
