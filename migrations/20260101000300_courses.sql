-- Courses of the academy.

create type course_level as enum ('BEGINNER', 'INTERMEDIATE', 'ADVANCED');

create table courses (
    id text collate "C" primary key check (id ~ '^[A-Za-z0-9_-]{1,64}$'),
    title text not null,
    slug text collate "C" not null unique,
    level course_level not null,
    start_date timestamptz(3),
    end_date timestamptz(3),
    published boolean not null default false,
    created_at timestamptz(3) not null default clock_timestamp(),
    -- The latest change of the course's own row, of its curriculum, or a removal of one of its bookings or
    -- participations. The latest change of bookings and participations that are there is read from them:
    -- raising it here on every result would make all writers of one course wait for one row.
    updated_at timestamptz(3) not null default clock_timestamp(),
    constraint courses_end_after_start check (end_date >= start_date)
);

create trigger courses_keep_updated_at before update on courses
    for each row execute function keep_updated_at();

-- `GET /courses`: the page in its order (`start_date` ascending, nulls last, then `id`) without a sort, and the
-- total without touching the table.
create index courses_listed on courses (published, start_date, id) include (level, end_date);

-- `GET /courses?updatedSince=`: courses whose own row changed.
create index courses_updated on courses (updated_at);
