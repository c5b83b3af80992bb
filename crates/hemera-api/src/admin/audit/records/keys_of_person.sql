-- The same, of records that returned or changed data of one person ($13): these are found by an index of the persons.
select record.at, record.id
from audit_details as detail
join audit_log as record on record.at = detail.at and record.record_id = detail.record_id
where detail.persons @> array[$13::text] and detail.at >= $1 and detail.at < $2
    and record.at >= $1 and record.at < $2
    and ($3::timestamptz is null or (record.at, record.id) < ($3, $4::bigint))
    and ($5::text is null or record.subject = $5)
    and ($6::text is null or record.operation = $6)
    and ($7::text is null or record.outcome = $7::text::audit_outcome)
    and ($8::smallint is null or record.status = $8)
    and ($9::text is null or record.reason = $9)
    and ($10::text is null or record.resource_id = $10)
    and ($11::text is null or record.security_events @> array[$11])
order by record.at desc, record.id desc
limit $12
