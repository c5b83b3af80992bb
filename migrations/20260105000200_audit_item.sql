-- One request may write several results. Each of them has a record of its own, in the statement that writes it, besides the
-- record of the request. Only adds: a server from before writes its records as it always did.

alter table audit_log add column item smallint;

comment on column audit_log.item is
    'Which part of its request the record is, from 1 on. Null in the record of a request as a whole: so requests are the records without a number.';
