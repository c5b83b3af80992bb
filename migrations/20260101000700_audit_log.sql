-- Who asked for what, and what came of it. Append-only, and in partitions by month from the first day: what is
-- past its time is detached and dropped as a whole, and a query for some days reads those months only.
--
-- Never in it: tokens, keys, e-mail addresses, bodies, query strings, the texts of a result.

create type audit_outcome as enum (
    'SUCCEEDED', -- answered as asked
    'UNCHANGED', -- a write that found everything as it wanted it
    'REFUSED',   -- 4xx: the caller's side
    'FAILED'     -- 5xx: our side
);

create table audit_log (
    id bigint generated always as identity,
    -- When the request came in, by the server's clock. The partitions' key.
    at timestamptz not null,
    -- When the record was written, by the database's clock: a queue lies between the two.
    recorded_at timestamptz not null default clock_timestamp(),
    -- Null where one record stands for many requests.
    request_id text,
    -- Null, like role and proof, where nobody proved who they are.
    subject text,
    role text,
    -- How: `bearer`, `service_key`, …; with `key_name` where a named key was used.
    proof text,
    key_name text,
    -- Null where no route matched.
    operation text,
    -- The course or participation that the path names.
    resource_id text,
    outcome audit_outcome not null,
    status smallint not null check (status between 100 and 599),
    error_code text,
    -- Why it was refused, more precisely than the caller was told. A fixed word, never text from outside.
    reason text,
    -- Of a write: the names of the fields that changed, and the participation's version afterwards.
    changed_fields text[],
    resource_version bigint,
    client_address inet,
    user_agent text check (char_length(user_agent) <= 256),
    -- From the request's arrival to this record. Null where one record stands for many requests.
    duration_us bigint check (duration_us >= 0),
    -- How many requests this record stands for: one, or those of an unproven caller that were only counted.
    occurrences bigint not null default 1 check (occurrences >= 1),
    -- Leads with the time: it also serves `GET /usage` and every question about a period.
    primary key (at, id)
) partition by range (at);

-- Append-only for everyone, the owner included. Row triggers of a partitioned table hold in each partition too.
create function audit_log_is_append_only() returns trigger
language plpgsql as $$
begin
    raise exception 'audit_log is append-only: % is refused', tg_op
        using hint = 'To end retention of a month, detach its partition and archive or drop it as a whole.';
end
$$;

create trigger audit_log_no_change before update or delete on audit_log
    for each row execute function audit_log_is_append_only();
create trigger audit_log_no_truncate before truncate on audit_log
    for each statement execute function audit_log_is_append_only();

-- Catches what no month's partition takes, so that no record is ever refused for its date.
create table audit_log_default partition of audit_log default;
create trigger audit_log_no_truncate before truncate on audit_log_default
    for each statement execute function audit_log_is_append_only();

-- Makes the partitions of the month of `first` and of the `months` after it, where they are missing, and returns
-- how many it made. `hemera-api migrate` calls it on every run; may be called at any time, by several at once.
--
-- PostgreSQL makes no partition for rows that the default partition holds. So where it holds any of the months to
-- come, it is detached, a new one takes its place, and its rows go through `audit_log` again, each to its
-- partition, with the id and times it has; they are never changed, and the transaction shows all of it or nothing.
create function audit_log_make_partitions(first timestamptz, months integer) returns integer
language plpgsql as $$
declare
    first_month constant timestamp := date_trunc('month', first at time zone 'UTC');
    lower_bound timestamptz;
    upper_bound timestamptz;
    partition_name text;
    set_aside boolean := false;
    made integer := 0;
begin
    perform pg_advisory_xact_lock(hashtext('audit_log_make_partitions'));
    for month in 0..months loop
        lower_bound := (first_month + make_interval(months => month)) at time zone 'UTC';
        upper_bound := (first_month + make_interval(months => month + 1)) at time zone 'UTC';
        partition_name := 'audit_log_' || to_char(lower_bound at time zone 'UTC', 'YYYY_MM');
        continue when to_regclass(partition_name) is not null;

        -- Two conditions, for once it is set aside there is no table of that name to ask.
        if not set_aside then
            if exists (select from audit_log_default where at >= lower_bound and at < upper_bound) then
                alter table audit_log detach partition audit_log_default;
                alter table audit_log_default rename to audit_log_set_aside;
                set_aside := true;
            end if;
        end if;
        execute format('create table %I partition of audit_log for values from (%L) to (%L)',
            partition_name, lower_bound, upper_bound);
        execute format('create trigger audit_log_no_truncate before truncate on %I
            for each statement execute function audit_log_is_append_only()', partition_name);
        made := made + 1;
    end loop;

    if set_aside then
        -- The old default's index still has the name that the new one would take.
        alter table audit_log_set_aside rename constraint audit_log_default_pkey to audit_log_set_aside_pkey;
        create table audit_log_default partition of audit_log default;
        create trigger audit_log_no_truncate before truncate on audit_log_default
            for each statement execute function audit_log_is_append_only();
        insert into audit_log overriding system value select * from audit_log_set_aside;
        drop table audit_log_set_aside;
    end if;
    return made;
end
$$;

select audit_log_make_partitions(clock_timestamp(), 12);
