-- Inserts records into audit_log, and the personal data of those that have any into audit_details: all or none. Records that
-- an earlier attempt stored, whose outcome was not known, are left as they are. The first words name the tables, because
-- PostgreSQL shows the beginning of a running statement only.
with record as materialized (
    select *
    from unnest(
        $1::timestamptz[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
        $10::text[], $11::text[], $12::smallint[], $13::text[], $14::text[], $15::bigint[], $16::bigint[],
        $17::text[], $18::text[], $19::text[], $20::boolean[], $21::integer[], $22::text[],
        $23::text[], $24::bytea[], $25::bytea[],
        $26::text[], $27::bytea[], $28::bytea[],
        $29::text[], $30::bytea[], $31::bytea[],
        $32::smallint[]
    ) as record (
        at, record_id, request_id, subject, role, proof, key_name, operation, resource_id,
        outcome, error_code, status, reason, trace_id, duration_us, occurrences,
        token_id, session_id, permissions, permissions_granted, items, security_events,
        persons, persons_commitment, persons_salt,
        client_address, address_commitment, address_salt,
        user_agent, user_agent_commitment, user_agent_salt,
        item
    )
),
logged as (
    insert into audit_log (
        at, record_id, request_id, subject, role, proof, key_name, operation, resource_id,
        outcome, error_code, status, reason, trace_id, duration_us, occurrences,
        token_id, session_id, permissions, permissions_granted, items, security_events,
        persons_commitment, address_commitment, user_agent_commitment, item
    )
    select
        at, record_id, request_id, subject, role, proof, key_name, operation, resource_id,
        outcome::audit_outcome, error_code, status, reason, trace_id, duration_us, occurrences,
        token_id, session_id, permissions::text[], permissions_granted, items, security_events::text[],
        persons_commitment, address_commitment, user_agent_commitment, item
    from record
    on conflict do nothing
)
insert into audit_details (
    at, record_id, persons, persons_salt, client_address, address_salt, user_agent, user_agent_salt
)
select at, record_id, persons::text[], persons_salt, client_address::inet, address_salt, user_agent, user_agent_salt
from record
where coalesce(persons_salt, address_salt, user_agent_salt) is not null
on conflict do nothing
