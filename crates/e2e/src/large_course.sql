-- A course that is over, with $1 participations that await their results.
with course as (
    insert into courses (id, title, slug, level, published)
    values ('course_import', 'A course with many participants', 'course-import', 'BEGINNER', false)
    returning id
), person as (
    insert into users (id, email)
    select 'user_import_' || number, 'import.' || number || '@teilnehmer.example'
    from generate_series(1, $1::integer) as number
    returning id
), booking as (
    insert into bookings (id, user_id, course_id)
    select replace(person.id, 'user_import_', 'booking_import_'), person.id, course.id
    from person cross join course
    returning id, user_id, course_id
)
insert into course_participations (id, booking_id, course_id, user_id, status)
select replace(id, 'booking_', ''), id, course_id, user_id, 'RESULT'
from booking
