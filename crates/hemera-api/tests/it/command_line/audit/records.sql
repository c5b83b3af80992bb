insert into audit_log (
    record_id, at, request_id, subject, role, proof, key_name, token_id, session_id, operation, resource_id, outcome, status,
    error_code, reason, items, changed_fields, resource_version, security_events, client_address, user_agent, duration_us,
    occurrences
) values
    ('00000000-0000-4000-8000-000000000001', '2026-03-10T09:00:01Z', 'request-1', 'user_aither', 'api-client', 'template_token',
        null, 'token_one', 'session_one', 'courses.list', null, 'SUCCEEDED', 200, null, null, 2, null, null, null, null, null,
        10000, 1),
    ('00000000-0000-4000-8000-000000000002', '2026-03-10T09:00:02Z', 'request-2', 'user_aither', 'api-client', 'template_token',
        null, 'token_two', 'session_one', 'participations.update_result', 'part_anna', 'SUCCEEDED', 200, null, null, 1,
        '{result_notes,status}', 7, null, null, null, 20000, 1),
    ('00000000-0000-4000-8000-000000000003', '2026-03-10T09:00:03Z', 'request-3', 'user_admin', 'admin', 'session_token',
        null, 'token_three', 'session_two', 'courses.get', 'course_wandel', 'SUCCEEDED', 200, null, null, 1, null, null,
        '{new_address}', null, null, 30000, 1),
    ('00000000-0000-4000-8000-000000000004', '2026-03-10T09:00:04Z', 'request-4', 'user_aither', 'api-client', 'template_token',
        null, 'token_two', 'session_one', 'courses.list', null, 'REFUSED', 429, 'RATE_LIMITED', 'rate_limited', null, null,
        null, null, null, null, 40000, 1),
    ('00000000-0000-4000-8000-000000000005', '2026-03-10T09:00:05Z', null, null, null, null,
        null, null, null, null, null, 'REFUSED', 401, 'UNAUTHORIZED', 'bad_signature', null, null, null, '{forged_token}',
        '192.0.2.66', null, null, 45),
    ('00000000-0000-4000-8000-000000000006', '2026-03-10T09:00:06Z', 'request-6', 'aither-rollback', 'api-client',
        'service_key', 'rollback', null, null, 'usage.get', null, 'FAILED', 503, 'SERVICE_UNAVAILABLE', 'database_lock_timed_out',
        null, null, null, '{rollback_key_used}', null, null, 50000, 1);

insert into audit_details (
    at, record_id, persons, persons_salt, client_address, address_salt, user_agent, user_agent_salt
) values
    ('2026-03-10T09:00:01Z', '00000000-0000-4000-8000-000000000001', '{user_anna,user_ben}', '\x01', '192.0.2.7', '\x02',
        'aither/1.0', '\x03'),
    ('2026-03-10T09:00:02Z', '00000000-0000-4000-8000-000000000002', '{user_anna}', '\x04', '192.0.2.7', '\x05', null, null),
    ('2026-03-10T09:00:03Z', '00000000-0000-4000-8000-000000000003', '{user_ben}', '\x06', '2001:db8::1', '\x07',
        E'evil\x1b[31m', '\x08');
