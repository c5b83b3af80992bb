-- What a person does with a booking: preparation before the seminar, results after it.

create type participation_status as enum ('PREPARATION', 'SUMMARY', 'DEBRIEFING', 'RESULT', 'COMPLETE');

create table course_participations (
    id text collate "C" primary key check (id ~ '^[A-Za-z0-9_-]{1,64}$'),
    booking_id text collate "C" not null,
    -- Copies of the booking's, so that one participation is read from one row; the foreign key keeps them true.
    course_id text collate "C" not null,
    user_id text collate "C" not null,
    status participation_status not null default 'PREPARATION',
    preparation_intent text,
    desired_results text,
    line_manager_profile text,
    preparation_completed_at timestamptz(3),
    result_outcome text,
    result_notes text,
    result_completed_at timestamptz(3),
    -- Raised by the database on each real change and by nothing else: what `ETag` and `If-Match` compare.
    version bigint not null default 1,
    created_at timestamptz(3) not null default clock_timestamp(),
    updated_at timestamptz(3) not null default clock_timestamp(),
    constraint course_participations_one_per_booking unique (booking_id),
    constraint course_participations_booking foreign key (booking_id, course_id, user_id)
        references bookings (id, course_id, user_id) on update cascade,
    -- The contract's limit, counted as the contract counts: Unicode scalar values.
    constraint course_participations_result_outcome_length check (char_length(result_outcome) <= 2000),
    constraint course_participations_result_notes_length check (char_length(result_notes) <= 2000)
);

create trigger course_participations_keep_version before update on course_participations
    for each row execute function keep_version();

create trigger course_participations_touch_course_left_behind
    after delete or update of course_id on course_participations
    for each row execute function touch_course_left_behind();

-- `GET /courses` and `GET /courses/{id}`: the latest participation change of one course, one step into the index.
create index course_participations_of_course on course_participations (course_id, updated_at);

-- `GET /courses?updatedSince=`: courses with a participation changed since.
create index course_participations_updated on course_participations (updated_at) include (course_id);
