-- Writes the result of one participation and the audit record of the request. No row: there is no such
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
-- The record of the request, whatever was decided in time. It is written with the change or not at all: where a record
-- of this id ($19) is there already, because this statement was given up, the whole statement fails.
audited as (
    insert into audit_log (
        record_id, at, request_id, subject, role, proof, key_name, operation, resource_id,
        outcome, status, error_code, reason,
        changed_fields, resource_version, client_address, user_agent, duration_us
    )
    select
        $19, $8, $9, $10, $11, $12, $13, $14, $1,
        (case verdict when 'CHANGED' then 'SUCCEEDED' when 'UNCHANGED' then 'UNCHANGED' else 'REFUSED' end)
            ::audit_outcome,
        case when verdict is null then 404 when verdict = 'STALE' then 412 else 200 end,
        case when verdict is null then 'NOT_FOUND' when verdict = 'STALE' then 'PRECONDITION_FAILED' end,
        case when verdict is null then 'participation_missing' when verdict = 'STALE' then 'version_differs' end,
        case when verdict = 'CHANGED' then fields end, standing.version, $15::text::inet, $16, $17
    from (values (true)) as always (present)
    left join decided on present
    left join standing on present
    where verdict is distinct from 'LATE'
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
