-- The courses of one page, each with the total of all pages.

-- Written once and planned twice, both times from an index alone: counted, and read in its order up to the end of the
-- page. A parameter that is null takes its condition out of the plan.
with matching as not materialized (
    select id, start_date
    from courses
    where published = $1
        and ($2::text is null or level = $2::text::course_level)
        and ($3::timestamptz is null or start_date >= $3)
        and ($4::timestamptz is null or start_date < $4)
        and ($5::timestamptz is null or end_date >= $5)
        and ($6::timestamptz is null or id = any (array(
            select id from courses where updated_at >= $6
            union all select course_id from bookings where updated_at >= $6
            union all select course_id from course_participations where updated_at >= $6
        )))
)
select
    (select count(*) from matching) as "total!",
    course.id as "id?",
    course.title as "title?",
    course.slug as "slug?",
    course.level::text as "level?",
    course.start_date as "start_date?",
    course.end_date as "end_date?",
    booked.count as "participant_count!",
    greatest(course.updated_at, booked.changed, taken.changed) as "updated_at?"
-- One row at least: the total of a page without courses is told too.
from (values (true)) as always (present)
left join lateral (
    select id
    from matching
    order by start_date nulls last, id
    limit $7 offset $8
) as page on present
-- Only the rows of the page's own courses are looked at, and their bookings and participations.
left join courses as course on course.id = page.id
left join lateral (
    select count(*) as count, max(updated_at) as changed from bookings where course_id = page.id
) as booked on present
left join lateral (
    select max(updated_at) as changed from course_participations where course_id = page.id
) as taken on present
order by course.start_date nulls last, course.id
