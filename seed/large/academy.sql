-- A large academy, first part: :users people and :courses courses. What it is for: `cargo xtask db generate`.

insert into users (id, email, name, created_at, updated_at)
select 'user_' || number, number || '@teilnehmer.example', 'Person ' || number, moment, moment
from generate_series(1, :users) as number
cross join (values ('2020-01-01T00:00:00Z'::timestamptz)) as begin (moment);

-- Nine of ten are published, one of twenty has no date yet; starts are spread over seven years, so many courses start
-- on the same day.
insert into courses (id, title, slug, level, start_date, end_date, published, created_at, updated_at)
select
    'course_' || lpad(number::text, 7, '0'),
    'Führung im Wandel ' || number,
    'fuehrung-im-wandel-' || number,
    (array['BEGINNER', 'INTERMEDIATE', 'ADVANCED'])[1 + number % 3]::course_level,
    starts_at,
    starts_at + interval '2 days',
    number % 10 <> 0,
    '2020-01-01T00:00:00Z'::timestamptz + interval '6 years' * number / :courses,
    '2020-01-01T00:00:00Z'::timestamptz + interval '6 years' * number / :courses
from generate_series(1, :courses) as number
cross join lateral (
    select case when number % 20 <> 7 then '2020-01-01T08:00:00Z'::timestamptz + interval '1 day' * (number * 101 % 2557) end
) as planned (starts_at);
