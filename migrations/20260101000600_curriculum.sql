-- What is taught: topics of a course in their order, and the materials of each.

create table curriculum_topics (
    id text collate "C" primary key check (id ~ '^[A-Za-z0-9_-]{1,64}$'),
    course_id text collate "C" not null references courses (id) on delete cascade,
    title text not null,
    -- Place in the curriculum. Deferrable, so that two topics can change places in one transaction.
    position integer not null,
    created_at timestamptz(3) not null default clock_timestamp(),
    updated_at timestamptz(3) not null default clock_timestamp(),
    -- `GET /courses/{id}/materials`: the topics of a course, in order.
    constraint curriculum_topics_position unique (course_id, position) deferrable
);

create trigger curriculum_topics_keep_updated_at before update on curriculum_topics
    for each row execute function keep_updated_at();

create table curriculum_materials (
    id text collate "C" primary key check (id ~ '^[A-Za-z0-9_-]{1,64}$'),
    topic_id text collate "C" not null references curriculum_topics (id) on delete cascade,
    -- Name by which slides and scripts refer to it.
    identifier text not null,
    title text not null,
    sort_order integer not null default 0,
    html_content text,
    created_at timestamptz(3) not null default clock_timestamp(),
    updated_at timestamptz(3) not null default clock_timestamp(),
    constraint curriculum_materials_identifier unique (topic_id, identifier)
);

create trigger curriculum_materials_keep_updated_at before update on curriculum_materials
    for each row execute function keep_updated_at();

-- `GET /courses/{id}/materials`: the materials of a topic, in order.
create index curriculum_materials_of_topic on curriculum_materials (topic_id, sort_order, id);

-- A change of the curriculum is a change of its course: a consumer that polls `updatedSince` for new slides finds
-- it. Editors change a curriculum seldom, so the course's row is touched at once.
create function touch_course_of_topic() returns trigger
language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        update courses set updated_at = clock_timestamp() where id = old.course_id;
    end if;
    if tg_op = 'INSERT' or (tg_op = 'UPDATE' and new.course_id <> old.course_id) then
        update courses set updated_at = clock_timestamp() where id = new.course_id;
    end if;
    return null;
end
$$;

create trigger curriculum_topics_touch_course after insert or update or delete on curriculum_topics
    for each row execute function touch_course_of_topic();

create function touch_course_of_material() returns trigger
language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        update courses set updated_at = clock_timestamp()
        where id = (select course_id from curriculum_topics where id = old.topic_id);
    end if;
    if tg_op = 'INSERT' or (tg_op = 'UPDATE' and new.topic_id <> old.topic_id) then
        update courses set updated_at = clock_timestamp()
        where id = (select course_id from curriculum_topics where id = new.topic_id);
    end if;
    return null;
end
$$;

create trigger curriculum_materials_touch_course after insert or update or delete on curriculum_materials
    for each row execute function touch_course_of_material();
