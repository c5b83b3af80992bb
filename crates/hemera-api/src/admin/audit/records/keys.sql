-- The keys of a page of records, newest first. A parameter that is null takes its condition out of the plan.
select at, id
from audit_log
where at >= $1 and at < $2
    and ($3::timestamptz is null or (at, id) < ($3, $4::bigint))
    and ($5::text is null or subject = $5)
    and ($6::text is null or operation = $6)
    and ($7::text is null or outcome = $7::text::audit_outcome)
    and ($8::smallint is null or status = $8)
    and ($9::text is null or reason = $9)
    and ($10::text is null or resource_id = $10)
    and ($11::text is null or security_events @> array[$11])
order by at desc, id desc
limit $12
