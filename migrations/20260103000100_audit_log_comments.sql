-- What each column says, where people who look into the audit log see it: psql's \d+, and every tool that shows a schema.
-- docs/database.md has the same sentences, and a test compares them.

comment on table audit_log is
    'Who asked Hemera for what, and what came of it. Append-only. Never in it: tokens, keys, e-mail addresses, bodies, query strings, the texts of results.';
comment on column audit_log.id is
    'A number in the order of insertion. Gaps mean nothing: a transaction that failed leaves one.';
comment on column audit_log.at is
    'When the request arrived, by the clock of the server that answered it. The key of the partitions, in UTC months.';
comment on column audit_log.recorded_at is
    'When the record was written, by the clock of the database. A few milliseconds after at; more if the database was out of reach.';
comment on column audit_log.request_id is
    'The id in the response (meta.requestId, X-Request-ID) and in the log. Null where the record stands for many requests.';
comment on column audit_log.subject is
    'Who called: the id of a user or a machine at Clerk, or the subject of a service key. Null where the caller was not proven.';
comment on column audit_log.role is
    'The role of the caller: api-client, admin, moderator or user. Null where the caller was not proven.';
comment on column audit_log.proof is
    'How the caller proved itself: bearer (a token of a user), machine (a token of a machine) or service_key.';
comment on column audit_log.key_name is
    'The name of the service key in the settings of the server. Null for other proofs.';
comment on column audit_log.operation is
    'The operation of docs/api.md, for example courses.list. Null where no operation has the path and the method.';
comment on column audit_log.resource_id is
    'The id of the course or the participation in the path. Null for lists.';
comment on column audit_log.outcome is
    'SUCCEEDED; UNCHANGED (a write that found all as it wanted it); REFUSED (4xx); FAILED (5xx); UNKNOWN (a write to which the database gave no answer: carried out as a whole or not at all).';
comment on column audit_log.status is
    'The HTTP status of the response.';
comment on column audit_log.error_code is
    'The error code of the response, see docs/api.md. Null for successes.';
comment on column audit_log.reason is
    'Why it was refused or failed, more precisely than the caller may know: one of the words in docs/reasons.md.';
comment on column audit_log.changed_fields is
    'The names of the fields that a write changed. Never their values.';
comment on column audit_log.resource_version is
    'The version of the participation after the write.';
comment on column audit_log.client_address is
    'The address of the caller; behind trusted proxies, the one that they name.';
comment on column audit_log.user_agent is
    'The first 200 characters of the User-Agent, as the caller sent it: not verified.';
comment on column audit_log.duration_us is
    'Microseconds from the arrival of the request to its record. Null where the record stands for many requests.';
comment on column audit_log.occurrences is
    'How many requests the record stands for: 1, or those of a kind that were only counted.';
comment on column audit_log.record_id is
    'The id in the X-Audit-Record header of the response. Null in records from before there was one.';
comment on table audit_log_default is
    'Records of a month that has no partition. hemera-api migrate moves them when it makes the partition.';
