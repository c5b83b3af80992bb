-- Each function looks for tables in this schema, and for temporary tables last. Where a search path does not name pg_temp,
-- temporary tables are found first: a login that may create them could put one in the place of a table. Then
-- `audit_log_to_pending`, which runs as its owner, would write there, and records would miss the transparency log.
do $$
declare
    signature text;
begin
    foreach signature in array array[
        'keep_updated_at()',
        'keep_version()',
        'touch_course_left_behind()',
        'touch_course_of_topic()',
        'touch_course_of_material()',
        'touch_course_of_topic_material()',
        'curriculum_topic_materials_lock_material()',
        'curriculum_materials_to_topics()',
        'curriculum_topic_materials_to_material()',
        'curriculum_topics_leave_materials()',
        'audit_log_is_append_only()',
        'audit_log_to_pending()',
        'audit_make_partitions_of(text, timestamptz, integer)',
        'audit_log_make_partitions(timestamptz, integer)'
    ] loop
        execute format('alter function %s set search_path = %I, pg_temp', signature, current_schema());
    end loop;
end
$$;

-- Writers wait behind what waits for a table. A server gives a write up after five seconds, so this gives up earlier.
alter function audit_make_partitions_of(text, timestamptz, integer) set lock_timeout = '2s';
alter function audit_log_make_partitions(timestamptz, integer) set lock_timeout = '2s';
