-- The keys of the records at the leaves of one epoch ($1) from $2 on, $3 of them at most.
select batch.first_leaf + given.place - 1 as "leaf!", given.at as "at!", given.id as "id!"
from audit_batches as batch
cross join lateral unnest(batch.ats, batch.ids) with ordinality as given (at, id, place)
-- No batch has more records than 65536.
where batch.epoch = $1 and batch.first_leaf > $2::bigint - 65536 and batch.first_leaf < $2 + $3::bigint
    and batch.first_leaf + given.place - 1 >= $2 and batch.first_leaf + given.place - 1 < $2 + $3
order by 1
