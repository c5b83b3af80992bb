-- A large academy, second part: the bookings :first to :last of :bookings, and participations of four in five.
--
-- In the order in which they were made: round after round over all :courses courses, each round beginning at another
-- one. So the bookings of one course lie far apart in the table, as they do where people book when they like, and no
-- person books a course twice: :users is a power of two, and more than there are rounds.

set local synchronous_commit = off;

-- The references hold by construction; checking them one by one takes longer than all the rest. Only a superuser can
-- do without.
do $$
begin
    if (select rolsuper from pg_roles where rolname = current_user) then
        set local session_replication_role = replica;
    end if;
end
$$;

create temporary table made on commit drop as
select
    number,
    'booking_' || lpad(number::text, 9, '0') as id,
    'course_' || lpad(course::text, 7, '0') as course_id,
    'user_' || (1 + (course * 17 + round * 104729) % :users) as user_id,
    '2020-01-01T00:00:00Z'::timestamptz + interval '6 years' * (number::double precision / :bookings) as at
from generate_series(:first::bigint, :last::bigint) as number
cross join lateral (select (number - 1) / :courses as round, (number - 1) % :courses as place) as numbered
cross join lateral (select 1 + (place + round * 7919) % :courses as course) as chosen;

insert into bookings (id, user_id, course_id, payment_status, created_at, updated_at)
select id, user_id, course_id, 'PAID', at, at from made;

insert into course_participations (
    id, booking_id, course_id, user_id, status, preparation_intent, desired_results,
    result_outcome, result_notes, result_completed_at, created_at, updated_at
)
select
    'participation_' || lpad(number::text, 9, '0'), id, course_id, user_id, 'COMPLETE',
    'Ich möchte freier sprechen.', 'Ein Gespräch ohne Zettel führen.',
    'Führt das Gespräch frei und hält Pausen aus.', 'Ruhig, klar, zugewandt.',
    at + interval '30 days', at, at + interval '30 days'
from made
where number % 5 <> 0;
