-- What each role may do. `hemera-api migrate --roles` runs this, in one transaction; so can a database administrator
-- who makes the roles by hand:
--     psql --single-transaction --set ON_ERROR_STOP=1 --set database=… --set schema=public \
--         --set server=hemera_server --set auditor=hemera_auditor --set owner=hemera_owner --file grants.sql
--
-- Each line of the server's serves a statement of the server; a test runs them all as that role. Columns that no
-- statement reads are not there: e-mail addresses and payments cannot be read by whoever takes the server over.

-- From nothing: what was granted once and is not below is gone afterwards.
revoke all on all tables in schema :"schema" from :"server", :"auditor";
revoke all on schema :"schema" from :"server", :"auditor";

-- The place itself. Temporary tables and tables of one's own are nobody's need.
revoke temporary on database :"database" from public;
grant connect on database :"database" to :"server", :"auditor", :"owner";
revoke create on schema :"schema" from public;
grant usage on schema :"schema" to :"server", :"auditor", :"owner";
grant create on schema :"schema" to :"owner";

-- At its start the server looks whether the schema is the one that it was built for.
grant select (version, checksum) on _sqlx_migrations to :"server";

-- Reading. Without users.email and bookings.payment_status.
grant select (id, name, image_url) on users to :"server";
grant select (id, title, slug, level, start_date, end_date, published, updated_at) on courses to :"server";
grant select (id, user_id, course_id, created_at, updated_at) on bookings to :"server";
grant select (
    id, booking_id, course_id, user_id, status,
    preparation_intent, desired_results, line_manager_profile, preparation_completed_at,
    result_outcome, result_notes, result_completed_at, version, created_at, updated_at
) on course_participations to :"server";
grant select (id, course_id, title, position) on curriculum_topics to :"server";
grant select (id, topic_id, identifier, title, sort_order, html_content) on curriculum_materials to :"server";

-- Writing: a result, and nothing else of the academy. `version` and `updated_at` are the database's own.
grant update (status, result_outcome, result_notes, result_completed_at) on course_participations to :"server";

-- The audit log: added to and read, never changed. Its partitions, those to come among them, need no grants of their
-- own, and have none: what goes through `audit_log` is checked there. `id` and `recorded_at` are the database's own.
grant select on audit_log to :"server", :"auditor";
grant insert (
    at, request_id, subject, role, proof, key_name, operation, resource_id, outcome, status, error_code, reason,
    changed_fields, resource_version, client_address, user_agent, duration_us, occurrences
) on audit_log to :"server";

-- Making partitions is the owner's, with `hemera-api migrate`.
revoke execute on function audit_log_make_partitions(timestamptz, integer) from public;
grant execute on function audit_log_make_partitions(timestamptz, integer) to :"owner";
