-- The keys of a page of all records of a period, oldest first.
select at, id
from audit_log
where at >= $1 and at < $2 and ($3::timestamptz is null or (at, id) > ($3, $4::bigint))
order by at, id
limit $5
