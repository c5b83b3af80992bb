-- Writes the result of one participation and the audit record of the request, or of this part of it ($35). No row: there is no such
-- participation. Otherwise the verdict, and the participation as it stands afterwards.

-- The row as whoever else was writing it left it: this waits for them. All that follows builds on it and never on
-- the row as this statement's snapshot saw it.
with locked as materialized (
    select
        id, user_id, course_id, booking_id, status, preparation_intent, desired_results,
        result_outcome, result_notes, result_completed_at, created_at, updated_at, version
    from course_participations
    where id = $1
    for no key update
),
-- The row as the request wants it: a field that is absent ($2, $4, $6 false) stays as it is.
wanted as (
    select
        id,
        case when $2 then $3 else result_outcome end as outcome,
        case when $4 then $5 else result_notes end as notes,
        case when $6 then 'COMPLETE' else status end as status,
        case when $6 then coalesce(result_completed_at, clock_timestamp()) else result_completed_at end
            as completed_at
    from locked
),
-- What that means: nothing to change, a change of these fields, or a change of a row that is not the one which the
-- caller read ($7) any more. A request that changes nothing is right whatever its condition. But where the lock was had
-- only after the deadline ($18), the caller has been answered already, and may have written anew: nothing may change.
decided as (
    select
        fields,
        case
            when clock_timestamp() >= $18::timestamptz then 'LATE'
            when fields = '{}' then 'UNCHANGED'
            when $7::bigint[] is null or version = any ($7) then 'CHANGED'
            else 'STALE'
        end as verdict
    from locked
    join wanted using (id)
    cross join lateral (
        select array_remove(array[
            case when outcome is distinct from result_outcome then 'resultOutcome' end,
            case when notes is distinct from result_notes then 'resultNotes' end,
            case when wanted.status <> locked.status then 'status' end,
            case when completed_at is distinct from result_completed_at then 'resultCompletedAt' end
        ], null) as fields
    ) as compared
),
-- The change, if there is one. The row's trigger raises the version and `updated_at`.
changed as (
    update course_participations as p
    set result_outcome = wanted.outcome,
        result_notes = wanted.notes,
        status = wanted.status,
        result_completed_at = wanted.completed_at
    from wanted, decided
    where p.id = wanted.id and decided.verdict = 'CHANGED'
    returning
        p.id, p.user_id, p.course_id, p.booking_id, p.status, p.preparation_intent, p.desired_results,
        p.result_outcome, p.result_notes, p.result_completed_at, p.created_at, p.updated_at, p.version
),
-- The row as it stands afterwards.
standing as (
    table changed
    union all
    select locked.* from locked where not exists (select from changed)
),
-- How the request ends for each verdict ($20–$24), as the server answers it: stated in `verdict.rs` alone.
endings as (
    select *
    from unnest($20::text[], $21::text[], $22::smallint[], $23::text[], $24::text[])
        as ending (verdict, outcome, status, error_code, reason)
),
-- What came of the request. No row where it was too late: then nothing is recorded here.
ended as (
    select
        endings.*, standing.version,
        case when decided.verdict = 'CHANGED' then decided.fields end as fields,
        case when endings.status = 200 then standing.user_id end as person
    from (values (true)) as always (present)
    left join decided on present
    left join standing on present
    join endings on endings.verdict = coalesce(decided.verdict, 'MISSING')
),
-- The record of the request. It is written with the change or not at all: where a record of this id ($19) is there already,
-- because this statement was given up, the whole statement fails.
audited as (
    insert into audit_log (
        record_id, at, request_id, subject, role, proof, key_name, operation, resource_id,
        outcome, status, error_code, reason, changed_fields, resource_version, duration_us,
        token_id, session_id, permissions, permissions_granted, trace_id, items, security_events,
        address_commitment, user_agent_commitment, persons_commitment, item
    )
    select
        $19, $8, $9, $10, $11, $12, $13, $14, $1,
        outcome::audit_outcome, status, error_code, reason, fields, version, $17,
        $25, $26, $27::text[], true, $28, case when person is not null then 1 end, $34::text[],
        $29, $30,
        case when person is not null then
            sha256($31 || int4send(octet_length(person)) || convert_to(person, 'UTF8'))
        end,
        $35
    from ended
),
-- Its personal data, to which the record has commitments: see `commitment.rs`.
detailed as (
    insert into audit_details (
        at, record_id, persons, persons_salt, client_address, address_salt, user_agent, user_agent_salt
    )
    select
        $8, $19, case when person is not null then array[person] end, case when person is not null then $31::bytea end,
        $15::text::inet, $32, $16, $33
    from ended
    where person is not null or $32::bytea is not null or $33::bytea is not null
)
select
    verdict as "verdict!",
    id as "id!", user_id as "user_id!", course_id as "course_id!", booking_id as "booking_id!",
    status::text as "status!",
    preparation_intent as "preparation_intent?", desired_results as "desired_results?",
    result_outcome as "result_outcome?", result_notes as "result_notes?",
    result_completed_at as "result_completed_at?",
    created_at as "created_at!", updated_at as "updated_at!", version as "version!"
from standing
cross join decided
