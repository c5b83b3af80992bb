-- A material belongs to any number of topics, with a place in each. Only adds: servers and tools from before, which know one
-- `topic_id` and `sort_order` of a material, go on. Triggers keep both shapes in step, as far as the old one can say it.

-- This lock is held to the end of the migration, so no tool writes between the copy and the triggers. Null: in no topic.
alter table curriculum_materials alter column topic_id drop not null;
-- What `curriculum_topic_materials` points at, so that its copy of the identifier cannot differ.
alter table curriculum_materials add constraint curriculum_materials_identity unique (id, identifier);

create table curriculum_topic_materials (
    topic_id text collate "C" not null references curriculum_topics (id) on delete cascade,
    material_id text collate "C" not null,
    sort_order integer not null default 0,
    -- A copy of the material's, set by a trigger: within a topic an identifier names one material. Deferrable, so that a tool
    -- from before can move and rename a material in one statement, to a name that is taken in the topic that it leaves.
    identifier text not null,
    primary key (topic_id, material_id),
    constraint curriculum_topic_materials_material foreign key (material_id, identifier)
        references curriculum_materials (id, identifier) on update cascade on delete cascade,
    constraint curriculum_topic_materials_identifier unique (topic_id, identifier) deferrable
);

insert into curriculum_topic_materials (topic_id, material_id, sort_order, identifier)
select topic_id, id, sort_order, identifier from curriculum_materials;

-- `GET /courses/{id}/materials`: the materials of a topic, in order.
create index curriculum_topic_materials_of_topic on curriculum_topic_materials (topic_id, sort_order, material_id);
-- The topics of a material that is changed or removed.
create index curriculum_topic_materials_of_material on curriculum_topic_materials (material_id);

comment on table curriculum_topic_materials is 'Which material belongs to which topic, and its place there.';
comment on column curriculum_materials.topic_id is
    'One of the topics in curriculum_topic_materials: the one in which servers from before show the material. Null where it is in none.';
comment on column curriculum_materials.sort_order is
    'The place in topic_id, as in curriculum_topic_materials.';

-- The functions below run as their owner: a tool from before, with the rights from before, has none on the new table. They
-- look for temporary tables last: else a tool could put one in the place of a table, with a trigger that runs as the owner.
select set_config('search_path', current_setting('search_path') || ', pg_temp', true);

-- Changes of one material's topics wait for each other, so that `topic_id` always names one that is there.
create function curriculum_topic_materials_lock_material() returns trigger
language plpgsql security definer set search_path from current as $$
begin
    perform from curriculum_materials where id in (old.material_id, new.material_id) order by id for update;
    if tg_op = 'DELETE' then
        return old;
    end if;
    -- Empty where there is no such material: the foreign key refuses it then, and names it.
    new.identifier := coalesce((select identifier from curriculum_materials where id = new.material_id), '');
    return new;
end
$$;
revoke execute on function curriculum_topic_materials_lock_material() from public;

create trigger curriculum_topic_materials_lock_material
    before insert or delete or update of topic_id, material_id, sort_order on curriculum_topic_materials
    for each row execute function curriculum_topic_materials_lock_material();

-- From the old shape to the new one. A link that is right already is not written, so no other
-- transaction is waited for.
create function curriculum_materials_to_topics() returns trigger
language plpgsql security definer set search_path from current as $$
begin
    if tg_op = 'UPDATE' and new.topic_id is distinct from old.topic_id then
        delete from curriculum_topic_materials where topic_id = old.topic_id and material_id = new.id;
    end if;
    insert into curriculum_topic_materials (topic_id, material_id, sort_order)
    select new.topic_id, new.id, new.sort_order
    where new.topic_id is not null and not exists (
        select from curriculum_topic_materials
        where topic_id = new.topic_id and material_id = new.id and sort_order = new.sort_order
    )
    on conflict (topic_id, material_id) do update set sort_order = excluded.sort_order;
    return null;
end
$$;
revoke execute on function curriculum_materials_to_topics() from public;

create trigger curriculum_materials_to_topics after insert or update of topic_id, sort_order on curriculum_materials
    for each row execute function curriculum_materials_to_topics();

-- From the new shape to the old one: the first topic of a material becomes its `topic_id`, and another takes the place of one
-- that no longer has it.
create function curriculum_topic_materials_to_material() returns trigger
language plpgsql security definer set search_path from current as $$
declare
    other record;
begin
    if tg_op <> 'DELETE' then
        update curriculum_materials set topic_id = new.topic_id, sort_order = new.sort_order
        where id = new.material_id and (topic_id is null or topic_id = new.topic_id and sort_order <> new.sort_order);
    end if;
    -- A topic that is gone itself takes with it the materials that are in no other.
    if tg_op = 'DELETE' and not exists (select from curriculum_topics where id = old.topic_id) then
        return null;
    end if;
    if tg_op = 'DELETE' or (old.topic_id, old.material_id) <> (new.topic_id, new.material_id) then
        select topic_id, sort_order into other
        from curriculum_topic_materials
        where material_id = old.material_id
        order by topic_id
        limit 1;
        update curriculum_materials set topic_id = other.topic_id, sort_order = coalesce(other.sort_order, sort_order)
        where id = old.material_id and topic_id = old.topic_id;
    end if;
    return null;
end
$$;
revoke execute on function curriculum_topic_materials_to_material() from public;

create trigger curriculum_topic_materials_to_material after insert or update or delete on curriculum_topic_materials
    for each row execute function curriculum_topic_materials_to_material();

-- A topic that is removed takes its materials with it, as it always did, but not those that are in other topics too.
create function curriculum_topics_leave_materials() returns trigger
language plpgsql security definer set search_path from current as $$
begin
    -- Changes of their topics that are under way come first: the next statement sees what became of them.
    perform from curriculum_materials
    where id in (select material_id from curriculum_topic_materials where topic_id = old.id)
    order by id for update;
    update curriculum_materials as material set topic_id = other.topic_id, sort_order = other.sort_order
    from (
        select distinct on (link.material_id) link.material_id, link.topic_id, link.sort_order
        from curriculum_materials as its_own
        join curriculum_topic_materials as link on link.material_id = its_own.id and link.topic_id <> old.id
        -- Where a course is removed, some of the others are gone already.
        join curriculum_topics as topic on topic.id = link.topic_id
        where its_own.topic_id = old.id
        order by link.material_id, link.topic_id
    ) as other
    where material.id = other.material_id;
    return old;
end
$$;
revoke execute on function curriculum_topics_leave_materials() from public;

create trigger curriculum_topics_leave_materials before delete on curriculum_topics
    for each row execute function curriculum_topics_leave_materials();

-- A material that comes into a topic, leaves it or changes places there is a change of the topic's course.
create function touch_course_of_topic_material() returns trigger
language plpgsql security definer set search_path from current as $$
begin
    update courses set updated_at = clock_timestamp()
    where id in (select course_id from curriculum_topics where id in (old.topic_id, new.topic_id));
    return null;
end
$$;
revoke execute on function touch_course_of_topic_material() from public;

create trigger curriculum_topic_materials_touch_course after insert or update or delete on curriculum_topic_materials
    for each row execute function touch_course_of_topic_material();

-- A change of what a material says is a change of all courses that have it. Its topics say the rest for themselves.
create or replace function touch_course_of_material() returns trigger
language plpgsql security definer set search_path from current as $$
begin
    update courses set updated_at = clock_timestamp()
    where id in (
        select topic.course_id
        from curriculum_topic_materials as link
        join curriculum_topics as topic on topic.id = link.topic_id
        where link.material_id = new.id
    );
    return null;
end
$$;
revoke execute on function touch_course_of_material() from public;

drop trigger curriculum_materials_touch_course on curriculum_materials;
create trigger curriculum_materials_touch_course
    after update of id, identifier, title, html_content, updated_at on curriculum_materials
    for each row execute function touch_course_of_material();
