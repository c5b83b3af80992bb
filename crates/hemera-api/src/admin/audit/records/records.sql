-- The records with these keys ($1 and $2), in the order of the keys, each with its details where there are any. Keys without
-- a record have none here.
select
    key.place as "place!",
    record.id,
    record.at,
    record.recorded_at,
    record.record_id,
    record.request_id,
    record.trace_id,
    record.subject,
    record.role,
    record.proof,
    record.key_name,
    record.token_id,
    record.session_id,
    record.operation,
    record.resource_id,
    record.permissions,
    record.permissions_granted,
    record.outcome::text as "outcome!",
    record.status,
    record.error_code,
    record.reason,
    record.items,
    record.changed_fields,
    record.resource_version,
    record.security_events,
    record.duration_us,
    record.occurrences,
    record.persons_commitment,
    record.address_commitment,
    record.user_agent_commitment,
    record.item,
    host(record.client_address) as client_address,
    record.user_agent,
    detail.record_id is not null as "has_details!",
    detail.persons as "persons?",
    detail.persons_salt as "persons_salt?",
    host(detail.client_address) as "detailed_address?",
    detail.address_salt as "address_salt?",
    detail.user_agent as "detailed_user_agent?",
    detail.user_agent_salt as "user_agent_salt?"
from unnest($1::timestamptz[], $2::bigint[]) with ordinality as key (at, id, place)
-- The bounds leave all other months out of the plan.
join audit_log as record on record.at = key.at and record.id = key.id and record.at between $3 and $4
left join audit_details as detail
    on detail.at = record.at and detail.record_id = record.record_id and detail.at between $3 and $4
order by key.place
