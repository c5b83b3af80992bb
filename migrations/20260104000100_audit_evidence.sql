-- What makes the audit log evidence: more in each record, personal data in tables of their own that are dropped earlier, and
-- one transparency log over all records. Only adds: a server from before writes its records as it always did, and they
-- come into the log like all others.

alter table audit_log
    add column token_id text,
    add column session_id text,
    add column permissions text[],
    add column permissions_granted boolean,
    add column trace_id text,
    add column items integer,
    add column security_events text[],
    add column persons_commitment bytea,
    add column address_commitment bytea,
    add column user_agent_commitment bytea;

-- Personal data of records. A record has a salted commitment to each value, so dropping a month of details breaks no proof,
-- and `audit_log` is never changed for it.
create table audit_details (
    at timestamptz not null,
    record_id uuid not null,
    persons text[],
    persons_salt bytea,
    client_address inet,
    address_salt bytea,
    user_agent text,
    user_agent_salt bytea,
    primary key (at, record_id)
) partition by range (at);
create index audit_details_persons on audit_details using gin (persons);

create table audit_details_default partition of audit_details default;

-- One for every table of the audit trail that only grows. A row trigger names the partition.
create or replace function audit_log_is_append_only() returns trigger
language plpgsql as $$
begin
    raise exception '% is append-only: % is refused', tg_table_name, tg_op
        using hint = 'To end retention of a month, run hemera-api audit retain: it drops the partition as a whole.';
end
$$;

create trigger audit_details_no_change before update or delete on audit_details
    for each row execute function audit_log_is_append_only();
create trigger audit_details_no_truncate before truncate on audit_details
    for each statement execute function audit_log_is_append_only();
create trigger audit_details_no_truncate before truncate on audit_details_default
    for each statement execute function audit_log_is_append_only();

-- Records that are in no leaf of the transparency log yet. The trigger runs as its owner: a server needs no right to insert
-- here, so one from before, with the rights from before, goes on. A record becomes visible together with its row here,
-- so the sequencer misses none and waits for none, however long a transaction is held open.
create table audit_pending (
    at timestamptz not null,
    id bigint not null,
    noted_at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

create function audit_log_to_pending() returns trigger
language plpgsql security definer set search_path from current as $$
begin
    insert into audit_pending (at, id) select at, id from added;
    return null;
end
$$;
revoke execute on function audit_log_to_pending() from public;

create trigger audit_log_to_pending after insert on audit_log
    referencing new table as added
    for each statement execute function audit_log_to_pending();

-- The transparency log: one for all servers, in epochs. A new epoch begins with a new key, or after records were lost by a
-- restore. Leaf 0 of an epoch is its opening.
create table audit_epochs (
    epoch integer primary key check (epoch >= 1),
    origin text not null,
    verifier_key text not null,
    opening text not null,
    began_at timestamptz not null default clock_timestamp()
);

-- Which record each leaf is: one row a round of the sequencer, with its records in the order of their leaves.
create table audit_batches (
    epoch integer not null references audit_epochs,
    first_leaf bigint not null check (first_leaf >= 1),
    ats timestamptz[] not null,
    ids bigint[] not null check (cardinality(ids) between 1 and 65536 and cardinality(ats) = cardinality(ids)),
    sequenced_at timestamptz not null default clock_timestamp(),
    primary key (epoch, first_leaf)
);

-- The Merkle tree, in the tiles of C2SP tlog-tiles. The last tile of a level is partial until it has 256 hashes.
create table audit_tiles (
    epoch integer not null references audit_epochs,
    level smallint not null check (level between 0 and 7),
    tile bigint not null check (tile >= 0),
    hashes bytea not null check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
    primary key (epoch, level, tile)
);
alter table audit_tiles alter column hashes set storage external;

-- Signed checkpoints, as they were exported.
create table audit_checkpoints (
    epoch integer not null references audit_epochs,
    size bigint not null check (size >= 1),
    note text not null,
    made_at timestamptz not null default clock_timestamp(),
    primary key (epoch, size)
);

-- The state of the log: one row. One server at a time sequences; it holds the lease until `held_until`, and each change of
-- holder raises `fence`, so a holder that was thought dead changes nothing. `note` is the newest signed checkpoint.
create table audit_sequencer (
    singleton boolean primary key default true check (singleton),
    epoch integer references audit_epochs,
    size bigint not null default 0 check (size >= 0),
    note text,
    note_at timestamptz,
    holder uuid,
    fence bigint not null default 0,
    held_until timestamptz not null default '-infinity'
);
insert into audit_sequencer default values;

create trigger audit_epochs_no_change before update or delete or truncate on audit_epochs
    for each statement execute function audit_log_is_append_only();
create trigger audit_batches_no_change before update or delete or truncate on audit_batches
    for each statement execute function audit_log_is_append_only();
create trigger audit_checkpoints_no_change before update or delete or truncate on audit_checkpoints
    for each statement execute function audit_log_is_append_only();
create trigger audit_tiles_no_removal before delete or truncate on audit_tiles
    for each statement execute function audit_log_is_append_only();

-- Addresses and user agents that service users came from, by hash: a new one is a security event, once for all servers.
create table audit_origins (
    subject text not null,
    kind text not null check (kind in ('address', 'user_agent')),
    value_hash bytea not null,
    first_seen_at timestamptz not null default clock_timestamp(),
    primary key (subject, kind, value_hash)
);

-- Makes the missing partitions of one table for the month of `first` and the `months` after it; returns how many it made.
--
-- PostgreSQL makes no partition for rows that the default partition holds. So where it holds any of the months to come, it
-- is detached, a new one takes its place, and its rows go through the table again, each to its partition, with the id and
-- times it has; they are never changed, and the transaction shows all of it or nothing.
create function audit_make_partitions_of(parent text, first timestamptz, months integer) returns integer
language plpgsql set lock_timeout = '5s' as $$
declare
    first_month constant timestamp := date_trunc('month', first at time zone 'UTC');
    rest constant text := parent || '_default';
    aside constant text := parent || '_set_aside';
    no_truncate constant text := parent || '_no_truncate';
    lower_bound timestamptz;
    upper_bound timestamptz;
    partition_name text;
    must_move boolean;
    set_aside boolean := false;
    made integer := 0;
begin
    perform pg_advisory_xact_lock(hashtext('audit_log_make_partitions'));
    for month in 0..months loop
        lower_bound := (first_month + make_interval(months => month)) at time zone 'UTC';
        upper_bound := (first_month + make_interval(months => month + 1)) at time zone 'UTC';
        partition_name := parent || '_' || to_char(lower_bound at time zone 'UTC', 'YYYY_MM');
        continue when to_regclass(partition_name) is not null;

        -- Two conditions, for once it is set aside there is no table of that name to ask.
        if not set_aside then
            execute format('select exists (select from %I where at >= %L and at < %L)', rest, lower_bound, upper_bound)
                into must_move;
            if must_move then
                execute format('alter table %I detach partition %I', parent, rest);
                execute format('alter table %I rename to %I', rest, aside);
                set_aside := true;
            end if;
        end if;
        execute format('create table %I partition of %I for values from (%L) to (%L)',
            partition_name, parent, lower_bound, upper_bound);
        execute format('create trigger %I before truncate on %I
            for each statement execute function audit_log_is_append_only()', no_truncate, partition_name);
        made := made + 1;
    end loop;

    if set_aside then
        -- The old default's index still has the name that the new one would take.
        execute format('alter table %I rename constraint %I to %I', aside, rest || '_pkey', aside || '_pkey');
        execute format('create table %I partition of %I default', rest, parent);
        execute format('create trigger %I before truncate on %I
            for each statement execute function audit_log_is_append_only()', no_truncate, rest);
        -- They are in the transparency log, or on their way to it, already.
        if parent = 'audit_log' then
            alter table audit_log disable trigger audit_log_to_pending;
        end if;
        execute format('insert into %I overriding system value select * from %I', parent, aside);
        if parent = 'audit_log' then
            alter table audit_log enable trigger audit_log_to_pending;
        end if;
        execute format('drop table %I', aside);
    end if;
    return made;
end
$$;
revoke execute on function audit_make_partitions_of(text, timestamptz, integer) from public;

-- Makes the partitions of all tables of the audit trail, and returns how many months were missing. `hemera-api migrate` calls
-- it on every run; may be called at any time, by several at once.
create or replace function audit_log_make_partitions(first timestamptz, months integer) returns integer
language plpgsql set lock_timeout = '5s' as $$
declare
    details constant integer := audit_make_partitions_of('audit_details', first, months);
begin
    return greatest(details, audit_make_partitions_of('audit_log', first, months));
end
$$;

select audit_log_make_partitions(clock_timestamp(), 12);

comment on column audit_log.token_id is
    'The id of the token (claim jti); of a token without one and without a session, sha256: and the hash of the token. Null for service keys.';
comment on column audit_log.session_id is
    'The session at Clerk that the token belongs to (claim sid). Null where the token names none.';
comment on column audit_log.permissions is
    'The permissions that the operation needs, for example read:courses. Null where no operation was matched, or no caller proven.';
comment on column audit_log.permissions_granted is
    'Whether the role of the caller has them all. Null where the request ended before that was checked.';
comment on column audit_log.trace_id is
    'The trace of the request (W3C traceparent), as in the log. Null where the record stands for many requests.';
comment on column audit_log.items is
    'How many items the data of a response had: the courses of a page, the materials of a course, 1 for one object. Null for refusals, 304 and HEAD.';
comment on column audit_log.security_events is
    'Security events that this request is part of, see docs/audit.md. Null for none.';
comment on column audit_log.persons_commitment is
    'SHA-256 over a salt and the persons in audit_details whose data were returned or changed. Null for none.';
comment on column audit_log.address_commitment is
    'SHA-256 over a salt and the client address in audit_details. Null where it is not known.';
comment on column audit_log.user_agent_commitment is
    'SHA-256 over a salt and the user agent in audit_details. Null where there was none.';
comment on column audit_log.proof is
    'How the caller proved itself: session_token or template_token (a user), machine (a token of a machine) or service_key.';
comment on column audit_log.client_address is
    'The address of the caller, in records from before it was kept in audit_details.';
comment on column audit_log.user_agent is
    'The User-Agent of the request, in records from before it was kept in audit_details.';

comment on table audit_details is
    'Personal data of the records: whose data were returned, and where the request came from. By month, and dropped before the records.';
comment on column audit_details.at is 'The time of the record, as in audit_log. The key of the partitions, in UTC months.';
comment on column audit_details.record_id is 'The record, as in audit_log.';
comment on column audit_details.persons is
    'The ids at Hemera of all users whose data were returned or changed, in the order of the response. Real ids, also where callers see pseudonyms.';
comment on column audit_details.persons_salt is 'The salt of audit_log.persons_commitment.';
comment on column audit_details.client_address is
    'The address of the caller; behind trusted proxies, the one that they name.';
comment on column audit_details.address_salt is 'The salt of audit_log.address_commitment.';
comment on column audit_details.user_agent is
    'The first 200 characters of the User-Agent, as the caller sent it: not verified.';
comment on column audit_details.user_agent_salt is 'The salt of audit_log.user_agent_commitment.';
comment on table audit_pending is
    'Records that are in no leaf of the transparency log yet. Empty within seconds while a server with the key runs.';
comment on table audit_epochs is
    'The epochs of the transparency log, each with its own key and opening. A new one begins with a new key, or after records were lost.';
comment on table audit_batches is
    'Which record each leaf of the transparency log is, in the order of leaves.';
comment on table audit_tiles is
    'The Merkle tree of the transparency log, in the tiles of C2SP tlog-tiles.';
comment on table audit_checkpoints is
    'Signed checkpoints of the transparency log, as they were exported.';
comment on table audit_sequencer is
    'The state of the transparency log: its size, its newest checkpoint, and the server that adds to it.';
comment on table audit_origins is
    'Hashes of the addresses and user agents that each service user came from: a new one is a security event.';
