-- Who booked which course.

create type payment_status as enum ('OPEN', 'PAID', 'REFUNDED');

create table bookings (
    id text collate "C" primary key check (id ~ '^[A-Za-z0-9_-]{1,64}$'),
    user_id text collate "C" not null references users (id),
    course_id text collate "C" not null references courses (id),
    -- For the academy's accounting. No operation of the service API selects it.
    payment_status payment_status not null default 'OPEN',
    created_at timestamptz(3) not null default clock_timestamp(),
    updated_at timestamptz(3) not null default clock_timestamp(),
    -- One booking a person and course. Leads with the person: it also finds the bookings of one.
    constraint bookings_one_per_user_and_course unique (user_id, course_id),
    -- What `course_participations` points at, so that its copies of course and person cannot differ from these.
    constraint bookings_identity unique (id, course_id, user_id)
);

create trigger bookings_keep_updated_at before update on bookings
    for each row execute function keep_updated_at();

-- `GET /courses/{id}`: a course's bookings in their order. `GET /courses`: `participantCount` and the latest
-- booking change of the courses on the page, from the index alone; a page costs its own bookings, whatever the
-- table holds.
create index bookings_of_course on bookings (course_id, created_at, id) include (updated_at);

-- `GET /courses?updatedSince=`: courses with a booking made or changed since.
create index bookings_updated on bookings (updated_at) include (course_id);

-- A row that is gone can no longer say when it changed, so its course does.
create function touch_course_left_behind() returns trigger
language plpgsql as $$
begin
    update courses set updated_at = clock_timestamp() where id = old.course_id;
    return null;
end
$$;

create trigger bookings_touch_course_left_behind after delete or update of course_id on bookings
    for each row execute function touch_course_left_behind();
