-- The server names each record before it is written, and its answer carries the name. A record that is sent twice, by an
-- attempt whose outcome was not known and by the next one, is there once; and where the record of a write whose outcome
-- is not known was first, the write itself can no longer commit. Null in records from before.
--
-- Only adds: a server from before writes its records as it always did.
alter table audit_log add column record_id uuid;
create unique index audit_log_at_record_id on audit_log (at, record_id);

-- A write whose answer from the database never came. It was carried out, with all of it, or not at all.
alter type audit_outcome add value 'UNKNOWN';

-- Detaching a partition waits for every query that reads the log, and every record behind it waits, too: not for long.
alter function audit_log_make_partitions(timestamptz, integer) set lock_timeout = '5s';
