-- Records from before the transparency log come into it, too. By itself: the tables are in use again when this runs.
insert into audit_pending (at, id)
select at, id
from audit_log as record
where not exists (select from audit_pending as pending where pending.at = record.at and pending.id = record.id);
