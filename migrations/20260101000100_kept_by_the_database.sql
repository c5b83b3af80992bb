-- What the database keeps by itself, whoever writes: functions that the tables' triggers share.
--
-- Timestamps are `timestamptz(3)` throughout: the wire carries milliseconds, so what is stored, sorted and
-- compared is exactly what a consumer sees (a list ordered by hidden microseconds would look unordered).

-- Moves `updated_at` forward on a real change. Setting `updated_at` alone counts as one: that is how a row is
-- touched on behalf of rows below it. A statement that assigns the values that are already there changes
-- nothing. The clock is read when the row is written, not when the transaction began, so a long transaction
-- backdates its rows as little as possible; `greatest` keeps the value from going back with the wall clock.
create function keep_updated_at() returns trigger
language plpgsql as $$
begin
    if new is distinct from old then
        new.updated_at := greatest(clock_timestamp(), old.updated_at);
    end if;
    return new;
end
$$;

-- The same for a row that carries a `version`, and the version with it. Neither can be set from outside: what a
-- statement assigns to them is put back before the comparison, so only the other columns decide.
create function keep_version() returns trigger
language plpgsql as $$
begin
    new.version := old.version;
    new.updated_at := old.updated_at;
    if new is distinct from old then
        new.version := old.version + 1;
        new.updated_at := greatest(clock_timestamp(), old.updated_at);
    end if;
    return new;
end
$$;
