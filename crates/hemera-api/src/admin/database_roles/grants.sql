-- What each role may do. `hemera-api migrate --roles` runs this, in one transaction; so can a database administrator
-- who makes the roles by hand:
--     psql --single-transaction --set ON_ERROR_STOP=1 --set database=… --set schema=public \
--         --set server=hemera_server --set auditor=hemera_auditor --set owner=hemera_owner --file grants.sql
--
-- Each line of the server's serves a statement of the server; a test runs them all as that role. Columns that no
-- statement reads are not there, so an attacker who controls the server can read neither e-mail addresses nor payments.

-- Start from nothing, so that rights which were granted earlier and are not listed below are gone afterwards: on all that
-- the current login owns. Of PUBLIC, what lets every role create something: no role needs temporary tables, or tables of
-- its own.
set local hemera.schema = :"schema";
set local hemera.server = :"server";
set local hemera.auditor = :"auditor";
do $$
declare
    owned record;
begin
    for owned in
        select case relkind when 'S' then 'sequence' else 'table' end as kind, oid::regclass::text as name
        from pg_class
        where relnamespace = quote_ident(current_setting('hemera.schema'))::regnamespace
            and relkind in ('r', 'p', 'v', 'm', 'f', 'S') and pg_has_role(current_user, relowner, 'USAGE')
        union all
        select 'routine', oid::regprocedure::text
        from pg_proc
        where pronamespace = quote_ident(current_setting('hemera.schema'))::regnamespace
            and pg_has_role(current_user, proowner, 'USAGE')
    loop
        execute format(
            'revoke all on %s %s from %I, %I', owned.kind, owned.name,
            current_setting('hemera.server'), current_setting('hemera.auditor')
        );
    end loop;
end $$;
revoke all on schema :"schema" from :"server", :"auditor";
revoke all on database :"database" from :"server", :"auditor";
revoke create on schema :"schema" from public;
revoke create, temporary on database :"database" from public;

-- The database and the schema.
grant connect on database :"database" to :"server", :"auditor", :"owner";
grant usage on schema :"schema" to :"server", :"auditor", :"owner";
grant create on schema :"schema" to :"owner";

-- When it starts, the server checks that the schema is the one that it was built for.
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
grant select (id, identifier, title, html_content) on curriculum_materials to :"server";
grant select (topic_id, material_id, sort_order) on curriculum_topic_materials to :"server";
-- Read by servers of the release before, which go on while a new one is rolled out.
grant select (topic_id, sort_order) on curriculum_materials to :"server";

-- Writing: a result, and nothing else of the academy. `version` and `updated_at` are the database's own.
grant update (status, result_outcome, result_notes, result_completed_at) on course_participations to :"server";

-- The audit log: added to and read, never changed. Its partitions, those to come among them, need no grants of their
-- own, and have none: what goes through `audit_log` is checked there. `id` and `recorded_at` are the database's own.
grant select on audit_log to :"server", :"auditor";
-- What else the commands of an auditor read: personal data of records, the transparency log, and its state.
grant select on
    audit_details, audit_pending, audit_epochs, audit_batches, audit_tiles, audit_checkpoints, audit_sequencer
to :"auditor";
grant insert (
    record_id, at, request_id, subject, role, proof, key_name, operation, resource_id, outcome, status, error_code, reason,
    changed_fields, resource_version, duration_us, occurrences, token_id, session_id, permissions, permissions_granted,
    trace_id, items, security_events, persons_commitment, address_commitment, user_agent_commitment, item,
    -- Written by servers of the release before, which go on while a new one is rolled out.
    client_address, user_agent
) on audit_log to :"server";
grant insert on audit_details to :"server";

-- Where service users call from, by hash: what is new is a security event.
grant select (subject, kind), insert (subject, kind, value_hash) on audit_origins to :"server";

-- The transparency log: a server makes pending records leaves. What is signed, or says which record a leaf is, is only
-- added; the last tile of a level grows.
grant select, delete on audit_pending to :"server";
grant select (epoch, size, note, note_at, holder, fence, held_until) on audit_sequencer to :"server";
grant update (epoch, size, note, note_at, holder, fence, held_until) on audit_sequencer to :"server";
grant select (epoch, verifier_key) on audit_epochs to :"server";
grant insert (epoch, origin, verifier_key, opening) on audit_epochs to :"server";
grant insert (epoch, first_leaf, ats, ids) on audit_batches to :"server";
grant select (epoch, level, tile, hashes) on audit_tiles to :"server";
grant insert (epoch, level, tile, hashes) on audit_tiles to :"server";
grant update (hashes) on audit_tiles to :"server";
grant insert (epoch, size, note) on audit_checkpoints to :"server";

-- Only the owner creates partitions, with `hemera-api migrate`.
revoke execute on function audit_log_make_partitions(timestamptz, integer) from public;
grant execute on function audit_log_make_partitions(timestamptz, integer) to :"owner";
