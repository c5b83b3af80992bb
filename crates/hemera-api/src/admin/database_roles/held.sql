-- The rights of these roles ($1) in this database, and those of PUBLIC on the database and in the schema: a row a column
-- where a right is on columns.
with holder (oid, name) as (
    select oid, rolname::text from pg_roles where rolname = any ($1::text[])
    union all
    select 0, 'public'
),
held (object, field, privilege, grantee) as (
    select format('database %I', d.datname), null, a.privilege_type, a.grantee
    from pg_database d
    cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
    where d.datname = current_database()
    union all
    select format('schema %I', n.nspname), null, a.privilege_type, a.grantee
    from pg_namespace n
    cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
    where n.nspname = current_schema() or a.grantee <> 0
    union all
    select format('%s %s', case c.relkind when 'S' then 'sequence' else 'table' end, c.oid::regclass), null,
        a.privilege_type, a.grantee
    from pg_class c
    cross join lateral aclexplode(c.relacl) a
    where c.relnamespace = current_schema()::regnamespace or a.grantee <> 0
    union all
    select format('table %s', t.attrelid::regclass), t.attname::text, a.privilege_type, a.grantee
    from pg_attribute t
    join pg_class c on c.oid = t.attrelid
    cross join lateral aclexplode(t.attacl) a
    where not t.attisdropped and (c.relnamespace = current_schema()::regnamespace or a.grantee <> 0)
    union all
    select format('routine %s', f.oid::regprocedure), null, a.privilege_type, a.grantee
    from pg_proc f
    cross join lateral aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
    where f.pronamespace = current_schema()::regnamespace or a.grantee <> 0
)
select distinct h.name as "role!", lower(privilege) as "privilege!", object as "object!", field as "field?"
from held
join holder h on h.oid = grantee
order by 1, 3, 2, 4
