-- Rights of the server's and the auditors' role ($1) that grants.sql does not list, and of PUBLIC those that give these
-- roles more than they need. $2 is the owner's role.
with holder (oid, name) as (
    select oid, quote_ident(rolname) from pg_roles where rolname = any ($1::text[])
    union all
    select 0, 'public'
),
place (oid, name, is_ours) as (
    select oid, quote_ident(nspname), nspname = current_schema()
    from pg_namespace
    where nspname !~ '^pg_' and nspname <> 'information_schema'
),
-- What an extension grants to PUBLIC is its own business.
extension_member (classid, objid) as (
    select classid, objid from pg_depend where deptype = 'e'
),
held (kind, object, columns, privilege, grantee, grantor, owner, is_expected) as (
    select 'database', quote_ident(d.datname), '', a.privilege_type, a.grantee, a.grantor, d.datdba,
        a.privilege_type = 'CONNECT'
    from pg_database d
    cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
    where d.datname = current_database()
    union all
    select 'schema', p.name, '', a.privilege_type, a.grantee, a.grantor, n.nspowner,
        a.privilege_type = 'USAGE' and (a.grantee = 0 or p.is_ours)
    from place p
    join pg_namespace n using (oid)
    cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
    union all
    -- grants.sql has revoked before it granted, so what the owner of a table has granted is what is listed there, if
    -- the current login can act for that owner.
    select case c.relkind when 'S' then 'sequence' else 'table' end, c.oid::regclass::text, '',
        a.privilege_type, a.grantee, a.grantor, c.relowner,
        p.is_ours and a.grantee <> 0 and a.grantor = c.relowner and pg_has_role(current_user, c.relowner, 'USAGE')
    from place p
    join pg_class c on c.relnamespace = p.oid
    cross join lateral aclexplode(c.relacl) a
    where a.grantee <> 0
        or p.is_ours and ('pg_class'::regclass, c.oid) not in (select classid, objid from extension_member)
    union all
    select 'table', c.oid::regclass::text, format(' (%I)', t.attname),
        a.privilege_type, a.grantee, a.grantor, c.relowner,
        p.is_ours and a.grantee <> 0 and a.grantor = c.relowner and pg_has_role(current_user, c.relowner, 'USAGE')
    from place p
    join pg_class c on c.relnamespace = p.oid
    join pg_attribute t on t.attrelid = c.oid and not t.attisdropped
    cross join lateral aclexplode(t.attacl) a
    where a.grantee <> 0
        or p.is_ours and ('pg_class'::regclass, c.oid) not in (select classid, objid from extension_member)
    union all
    -- PUBLIC may execute every function. That matters where it runs with its owner's rights.
    select 'routine', f.oid::regprocedure::text, '', a.privilege_type, a.grantee, a.grantor, f.proowner, false
    from place p
    join pg_proc f on f.pronamespace = p.oid
    cross join lateral aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
    where a.grantee <> 0
        or p.is_ours and f.prosecdef
        and ('pg_proc'::regclass, f.oid) not in (select classid, objid from extension_member)
)
select
    h.name as "role!",
    format('%s%s on %s %s', lower(privilege), columns, kind, object) as "right!",
    case
        -- PUBLIC may create tables in the schema, and the owner's role does too until the schema is its own.
        when kind = 'schema' and grantee = 0 and owner <> $2::text::regrole
            then format('alter schema %s owner to %I', object, $2::text)
        when grantor <> owner
            then format('set role %s; revoke %s%s on %s %s from %s; reset role',
                grantor::regrole, lower(privilege), columns, kind, object, h.name)
        else format('revoke %s%s on %s %s from %s', lower(privilege), columns, kind, object, h.name)
    end as "statement!",
    grantor = owner and pg_has_role(current_user, owner, 'USAGE') as "is_revocable!"
from held
join holder h on h.oid = grantee
where not is_expected
union all
select h.name, 'owns objects', format('reassign owned by %s to %I', h.name, $2::text), false
from holder h
where exists (
    select from pg_shdepend s
    cross join (select oid from pg_database where datname = current_database()) d
    where s.refclassid = 'pg_authid'::regclass and s.refobjid = h.oid and s.deptype = 'o'
        and (s.dbid = d.oid or s.classid = 'pg_database'::regclass and s.objid = d.oid)
        -- Temporary tables go with their session.
        and not exists (
            select from pg_class c
            where s.classid = 'pg_class'::regclass and c.oid = s.objid and c.relpersistence = 't'
        )
)
order by 1, 2
