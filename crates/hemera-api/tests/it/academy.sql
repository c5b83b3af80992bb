-- A small academy for tests: three published courses, one that is not, and everything that can be missing once.

insert into users (id, email, name, image_url) values
    ('user_anna', 'anna@teilnehmer.example', 'Anna Becker', 'https://img.example/anna.webp'),
    ('user_bernd', 'bernd@teilnehmer.example', 'Bernd Vogel', null),
    ('user_noname', 'noname@teilnehmer.example', null, null);

insert into courses (id, title, slug, level, start_date, end_date, published, updated_at) values
    ('course_wandel', 'Führung im Wandel', 'fuehrung-im-wandel', 'INTERMEDIATE',
     '2026-03-15T00:00:00Z', '2026-03-18T00:00:00Z', true, '2025-01-01T00:00:00Z'),
    ('course_coaching', 'Systemisches Coaching', 'systemisches-coaching', 'ADVANCED',
     '2026-05-04T08:00:00Z', null, true, '2025-01-01T00:00:00Z'),
    ('course_undated', 'Gespräche führen', 'gespraeche-fuehren', 'BEGINNER',
     null, null, true, '2025-01-01T00:00:00Z'),
    ('course_hidden', 'Konfliktmoderation', 'konfliktmoderation', 'ADVANCED',
     null, null, false, '2025-01-01T00:00:00Z');

-- Two were made in the same moment: their ids decide the order.
insert into bookings (id, course_id, user_id, payment_status, created_at, updated_at) values
    ('booking_b', 'course_wandel', 'user_bernd', 'PAID', '2025-01-10T09:00:00Z', '2025-01-10T09:00:00Z'),
    ('booking_a', 'course_wandel', 'user_anna', 'PAID', '2025-01-10T09:00:00Z', '2025-01-10T09:00:00Z'),
    ('booking_c', 'course_wandel', 'user_noname', 'OPEN', '2025-01-09T09:00:00Z', '2025-01-09T09:00:00Z'),
    ('booking_d', 'course_coaching', 'user_anna', 'OPEN', '2025-01-11T09:00:00Z', '2025-01-11T09:00:00Z');

insert into course_participations (
    id, booking_id, course_id, user_id, status, preparation_intent, desired_results, line_manager_profile,
    preparation_completed_at, result_outcome, result_notes, result_completed_at, created_at, updated_at
) values
    ('part_anna', 'booking_a', 'course_wandel', 'user_anna', 'RESULT', 'Ein zweites Team übernehmen.',
     'Ein Plan für 100 Tage.', 'Direkt, wenig Zeit.', '2025-02-20T09:12:00.250Z',
     'Der Plan steht.', 'Nachgespräch im Mai.', null, '2025-01-10T09:00:00Z', '2025-03-01T10:00:00Z'),
    ('part_bernd', 'booking_b', 'course_wandel', 'user_bernd', 'PREPARATION', null, null, null,
     null, null, null, null, '2025-01-10T09:00:00Z', '2025-01-10T09:00:00Z');

insert into curriculum_topics (id, course_id, title, position) values
    ('topic_second', 'course_wandel', 'Widerstand', 2),
    ('topic_first', 'course_wandel', 'Veränderung verstehen', 1),
    ('topic_empty', 'course_wandel', 'Transfer', 3);

insert into curriculum_materials (id, topic_id, identifier, title, sort_order, html_content) values
    ('material_b', 'topic_first', 'kurve', 'Die Kurve', 1, '<p>Sechs Phasen &amp; ein Takt.</p>'),
    ('material_a', 'topic_first', 'standort', 'Standort', 1, null),
    ('material_c', 'topic_first', 'vorab', 'Vorab', 0, '<p>Willkommen</p>'),
    ('material_d', 'topic_second', 'rollenspiel', 'Rollenspiel', 0, '<p>Drei Rollen</p>');

-- The curriculum touches its course when it is written; tests want to know when that was.
alter table courses disable trigger courses_keep_updated_at;
update courses set updated_at = '2025-01-01T00:00:00Z';
alter table courses enable trigger courses_keep_updated_at;
