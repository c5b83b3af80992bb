-- Demo data: an academy with four courses, 25 participants, their bookings and what became of them.
--
-- For development, demonstrations and `cargo xtask e2e`; never for production, hence not a migration and not in the
-- `hemera-api` binary. `cargo xtask dev` and `e2e` load it after `migrate`; by hand:
--     psql "$DATABASE_URL" --single-transaction --set ON_ERROR_STOP=1 --file seed/demo.sql
-- Idempotent: rows that are there are left as they are, so results written meanwhile survive a second run.
--
-- All persons are invented; their addresses end in `.example`, which is nobody's.

insert into users (id, name, email, image_url, created_at, updated_at)
select
    'user_' || key, name, replace(key, '_', '.') || '@teilnehmer.example',
    case when pictured then 'https://img.hemera-academy.example/' || key || '.webp' end,
    joined, joined
from (values
    ('anna_becker', 'Anna Becker', true, '2025-09-02T08:14:00Z'::timestamptz),
    ('bernd_vogel', 'Bernd Vogel', false, '2025-09-03T10:02:00Z'),
    ('carla_winter', 'Carla Winter', true, '2025-09-08T06:45:00Z'),
    ('david_oezdemir', 'David Özdemir', true, '2025-09-11T15:31:00Z'),
    ('elif_kaya', 'Elif Kaya', true, '2025-09-15T09:20:00Z'),
    ('friederike_lang', 'Friederike Lang', false, '2025-09-22T12:00:00Z'),
    ('georg_hartmann', 'Georg Hartmann', true, '2025-10-01T07:55:00Z'),
    ('hanna_schroeder', 'Hanna Schröder', true, '2025-10-06T13:08:00Z'),
    ('ingo_krause', 'Ingo Krause', false, '2025-10-13T16:42:00Z'),
    ('jana_neumann', 'Jana Neumann', true, '2025-10-20T08:30:00Z'),
    ('karim_el_amrani', 'Karim El Amrani', true, '2025-11-03T11:11:00Z'),
    ('lena_fuchs', 'Lena Fuchs', true, '2025-11-10T10:25:00Z'),
    ('matthias_jung', 'Matthias Jung', false, '2025-11-17T14:50:00Z'),
    ('nadine_grosse', 'Nadine Große', true, '2025-12-01T09:00:00Z'),
    ('oliver_pfeiffer', 'Oliver Pfeiffer', false, '2025-12-08T07:37:00Z'),
    ('petra_zimmermann', 'Petra Zimmermann', true, '2026-01-07T12:19:00Z'),
    ('quirin_seidl', 'Quirin Seidl', false, '2026-01-12T15:03:00Z'),
    ('rosa_martinez', 'Rosa Martínez', true, '2026-01-19T08:48:00Z'),
    ('stefan_brandt', 'Stefan Brandt', false, '2026-02-02T17:22:00Z'),
    ('tanja_voigt', 'Tanja Voigt', true, '2026-02-09T06:59:00Z'),
    ('ulrich_keller', 'Ulrich Keller', false, '2026-03-04T13:40:00Z'),
    ('verena_huber', 'Verena Huber', true, '2026-04-13T09:09:00Z'),
    ('wiebke_petersen', 'Wiebke Petersen', true, '2026-05-18T11:30:00Z'),
    ('yusuf_arslan', 'Yusuf Arslan', true, '2026-06-22T08:05:00Z'),
    -- Registered, and has not given a name yet.
    ('z_4711', null, false, '2026-07-27T19:44:00Z')
) as person (key, name, pictured, joined)
on conflict (id) do nothing;

insert into courses (id, title, slug, level, start_date, end_date, published, created_at, updated_at)
values
    ('course_fuehrung_im_wandel', 'Führung im Wandel: Teams durch Veränderung begleiten', 'fuehrung-im-wandel',
     'INTERMEDIATE', '2026-03-15T00:00:00Z', '2026-03-18T00:00:00Z', true,
     '2025-08-18T09:00:00Z', '2025-08-18T09:00:00Z'),
    ('course_gespraeche_fuehren', 'Schwierige Gespräche führen: Grundlagen', 'schwierige-gespraeche-fuehren',
     'BEGINNER', '2026-10-05T07:00:00Z', '2026-12-14T16:00:00Z', true,
     '2026-01-26T10:30:00Z', '2026-01-26T10:30:00Z'),
    ('course_systemisches_coaching', 'Systemisches Coaching für Führungskräfte', 'systemisches-coaching',
     'ADVANCED', '2027-02-08T08:00:00Z', '2027-02-12T15:00:00Z', true,
     '2026-06-01T08:15:00Z', '2026-06-01T08:15:00Z'),
    -- In preparation: neither published nor dated.
    ('course_konfliktmoderation', 'Konfliktmoderation in Projekten', 'konfliktmoderation',
     'ADVANCED', null, null, false,
     '2026-09-14T14:00:00Z', '2026-09-14T14:00:00Z')
on conflict (id) do nothing;

insert into curriculum_topics (id, course_id, title, position)
values
    ('topic_wandel_verstehen', 'course_fuehrung_im_wandel', 'Veränderung verstehen', 1),
    ('topic_wandel_rolle', 'course_fuehrung_im_wandel', 'Die eigene Rolle klären', 2),
    ('topic_wandel_widerstand', 'course_fuehrung_im_wandel', 'Mit Widerstand arbeiten', 3),
    ('topic_wandel_transfer', 'course_fuehrung_im_wandel', 'Transfer in den Alltag', 4),
    ('topic_gespraeche_vorbereiten', 'course_gespraeche_fuehren', 'Ein Gespräch vorbereiten', 1),
    ('topic_gespraeche_zuhoeren', 'course_gespraeche_fuehren', 'Zuhören und nachfragen', 2),
    ('topic_gespraeche_kritik', 'course_gespraeche_fuehren', 'Kritik äußern und annehmen', 3),
    ('topic_coaching_haltung', 'course_systemisches_coaching', 'Haltung und Auftrag', 1),
    ('topic_coaching_fragen', 'course_systemisches_coaching', 'Systemische Fragen', 2),
    -- Its materials are still being written.
    ('topic_coaching_abschluss', 'course_systemisches_coaching', 'Abschluss und Wirkung', 3)
on conflict (id) do nothing;

insert into curriculum_materials (id, topic_id, identifier, title, sort_order, html_content)
values
    ('material_phasenmodell', 'topic_wandel_verstehen', 'phasenmodell', 'Die Phasen der Veränderung', 1,
     '<h2>Die Phasen der Veränderung</h2><p>Menschen gehen durch Veränderungen nicht im gleichen Takt. Das Modell '
     'hilft zu erkennen, wo jemand gerade steht:</p><ol><li>Vorahnung</li><li>Abwehr</li><li>rationale Einsicht</li>'
     '<li>emotionale Akzeptanz</li><li>Ausprobieren</li><li>Integration</li></ol>'),
    ('material_standortbestimmung', 'topic_wandel_verstehen', 'standortbestimmung', 'Arbeitsblatt: Wo steht mein Team?', 2,
     '<h2>Wo steht mein Team?</h2><p>Tragen Sie jedes Teammitglied in die Kurve ein. Woran machen Sie es fest?</p>'
     '<table><thead><tr><th>Person</th><th>Phase</th><th>Beobachtung</th></tr></thead><tbody><tr><td></td><td></td>'
     '<td></td></tr></tbody></table>'),
    ('material_rollenbild', 'topic_wandel_rolle', 'rollenbild', 'Zwischen Auftrag und Team', 1,
     '<h2>Zwischen Auftrag und Team</h2><p>Führung im Wandel heißt, Entscheidungen zu vertreten, die man nicht immer '
     'selbst getroffen hat. <strong>Klarheit</strong> über den eigenen Spielraum ist der erste Schritt.</p>'),
    ('material_widerstand', 'topic_wandel_widerstand', 'widerstand-lesen', 'Widerstand lesen', 1,
     '<h2>Widerstand lesen</h2><blockquote>Widerstand ist Energie, die noch keine Richtung hat.</blockquote>'
     '<p>Unterscheiden Sie: Nicht-Wissen, Nicht-Können, Nicht-Wollen.</p>'),
    ('material_rollenspiel', 'topic_wandel_widerstand', 'rollenspiel', 'Rollenspiel: Das Vier-Augen-Gespräch', 2,
     '<h2>Das Vier-Augen-Gespräch</h2><p>Drei Rollen, zwölf Minuten: <em>Führungskraft</em>, <em>Mitarbeiterin</em>, '
     '<em>Beobachter</em>. Danach wird gewechselt.</p>'),
    -- Handed out on paper; there is nothing to show.
    ('material_fotoprotokoll', 'topic_wandel_transfer', 'fotoprotokoll', 'Fotoprotokoll', 2, null),
    ('material_vorhaben', 'topic_wandel_transfer', 'vorhaben', 'Mein Vorhaben für die nächsten 30 Tage', 1,
     '<h2>Mein Vorhaben</h2><p>Was tue ich anders? Woran merkt es mein Team? Wer fragt mich in 30 Tagen danach?</p>'),
    ('material_vorbereitung', 'topic_gespraeche_vorbereiten', 'vorbereitung', 'Leitfaden zur Vorbereitung', 1,
     '<h2>Leitfaden</h2><ul><li>Was ist mein Anliegen, in einem Satz?</li><li>Was könnte das Anliegen meines '
     'Gegenübers sein?</li><li>Was ist das beste, was das genügende Ergebnis?</li></ul>'),
    ('material_zuhoeren', 'topic_gespraeche_zuhoeren', 'aktives-zuhoeren', 'Aktives Zuhören', 1,
     '<h2>Aktives Zuhören</h2><p>Wiedergeben, nachfragen, zusammenfassen – und <strong>Pausen aushalten</strong>.</p>'),
    ('material_fragearten', 'topic_gespraeche_zuhoeren', 'fragearten', 'Fragen, die weiterführen', 2,
     '<h2>Fragen, die weiterführen</h2><p>Offen statt geschlossen, neugierig statt prüfend: „Was müsste passieren, '
     'damit …?“</p>'),
    ('material_feedback', 'topic_gespraeche_kritik', 'feedback', 'Wahrnehmung, Wirkung, Wunsch', 1,
     '<h2>Wahrnehmung, Wirkung, Wunsch</h2><p>Drei Sätze genügen: Was habe ich beobachtet? Wie wirkt es auf mich? '
     'Was wünsche ich mir?</p>'),
    ('material_auftragsklaerung', 'topic_coaching_haltung', 'auftragsklaerung', 'Auftragsklärung', 1,
     '<h2>Auftragsklärung</h2><p>Wer will was von wem, bis wann – und woran würde man es merken?</p>'),
    ('material_skalenfrage', 'topic_coaching_fragen', 'skalenfrage', 'Die Skalenfrage', 1,
     '<h2>Die Skalenfrage</h2><p>„Auf einer Skala von 0 bis 10: Wo stehen Sie heute? Was wäre ein Schritt höher?“</p>'),
    ('material_wunderfrage', 'topic_coaching_fragen', 'wunderfrage', 'Die Wunderfrage', 2,
     '<h2>Die Wunderfrage</h2><p>„Angenommen, über Nacht geschähe ein Wunder und das Problem wäre gelöst: Woran '
     'würden Sie es am Morgen als Erstes merken?“</p>')
on conflict (id) do nothing;

-- A material in a second topic of its course.
insert into curriculum_topic_materials (topic_id, material_id, sort_order)
values ('topic_coaching_fragen', 'material_auftragsklaerung', 3)
on conflict (topic_id, material_id) do nothing;

insert into bookings (id, course_id, user_id, payment_status, created_at, updated_at)
select 'booking_' || number, 'course_' || course, 'user_' || person, payment::payment_status, booked, booked
from (values
    ('1001', 'fuehrung_im_wandel', 'anna_becker', 'PAID', '2025-10-06T08:00:00Z'::timestamptz),
    ('1002', 'fuehrung_im_wandel', 'bernd_vogel', 'PAID', '2025-10-06T08:00:00Z'),
    ('1003', 'fuehrung_im_wandel', 'carla_winter', 'PAID', '2025-10-14T11:26:00Z'),
    ('1004', 'fuehrung_im_wandel', 'david_oezdemir', 'PAID', '2025-10-21T09:41:00Z'),
    ('1005', 'fuehrung_im_wandel', 'elif_kaya', 'PAID', '2025-11-03T14:17:00Z'),
    ('1006', 'fuehrung_im_wandel', 'georg_hartmann', 'PAID', '2025-11-12T07:52:00Z'),
    ('1007', 'fuehrung_im_wandel', 'hanna_schroeder', 'PAID', '2025-12-02T10:05:00Z'),
    ('1008', 'fuehrung_im_wandel', 'karim_el_amrani', 'PAID', '2026-01-08T16:33:00Z'),
    ('1009', 'fuehrung_im_wandel', 'lena_fuchs', 'REFUNDED', '2026-01-15T12:48:00Z'),
    ('1010', 'fuehrung_im_wandel', 'nadine_grosse', 'PAID', '2026-02-03T08:20:00Z'),
    ('1011', 'gespraeche_fuehren', 'friederike_lang', 'PAID', '2026-04-20T09:00:00Z'),
    ('1012', 'gespraeche_fuehren', 'ingo_krause', 'PAID', '2026-04-27T13:15:00Z'),
    ('1013', 'gespraeche_fuehren', 'jana_neumann', 'PAID', '2026-05-04T10:44:00Z'),
    ('1014', 'gespraeche_fuehren', 'matthias_jung', 'PAID', '2026-05-19T07:30:00Z'),
    ('1015', 'gespraeche_fuehren', 'oliver_pfeiffer', 'PAID', '2026-06-02T15:02:00Z'),
    ('1016', 'gespraeche_fuehren', 'petra_zimmermann', 'PAID', '2026-06-15T08:58:00Z'),
    ('1017', 'gespraeche_fuehren', 'quirin_seidl', 'OPEN', '2026-07-06T12:36:00Z'),
    ('1018', 'gespraeche_fuehren', 'rosa_martinez', 'PAID', '2026-07-20T09:27:00Z'),
    ('1019', 'gespraeche_fuehren', 'stefan_brandt', 'PAID', '2026-08-03T14:11:00Z'),
    ('1020', 'gespraeche_fuehren', 'tanja_voigt', 'PAID', '2026-08-17T11:40:00Z'),
    ('1021', 'gespraeche_fuehren', 'z_4711', 'OPEN', '2026-09-07T18:03:00Z'),
    ('1022', 'systemisches_coaching', 'anna_becker', 'PAID', '2026-08-24T08:12:00Z'),
    ('1023', 'systemisches_coaching', 'elif_kaya', 'PAID', '2026-09-01T10:31:00Z'),
    ('1024', 'systemisches_coaching', 'ulrich_keller', 'PAID', '2026-09-09T13:49:00Z'),
    ('1025', 'systemisches_coaching', 'verena_huber', 'OPEN', '2026-09-21T07:18:00Z'),
    ('1026', 'systemisches_coaching', 'wiebke_petersen', 'PAID', '2026-10-01T09:54:00Z'),
    ('1027', 'systemisches_coaching', 'yusuf_arslan', 'OPEN', '2026-10-12T16:25:00Z')
) as booking (number, course, person, payment, booked)
on conflict (id) do nothing;

insert into course_participations (
    id, booking_id, course_id, user_id, status,
    preparation_intent, desired_results, line_manager_profile, preparation_completed_at,
    result_outcome, result_notes, result_completed_at, created_at, updated_at
)
select
    'participation_' || number, b.id, b.course_id, b.user_id, p.status::participation_status,
    p.intent, p.results, p.manager, p.prepared, p.outcome, p.notes, p.completed, b.created_at, p.changed
from (values
    -- The past course: finished, but for two whose results are still to be written.
    ('1001', 'COMPLETE', 'Ich übernehme im April ein zweites Team.',
     'Ein Plan für die ersten 100 Tage.', 'Direkt, zahlenorientiert, wenig Zeit.', '2026-02-20T09:12:00Z'::timestamptz,
     'Der Plan steht und ist mit der Bereichsleitung abgestimmt.',
     'Sehr aktiv im Rollenspiel; Nachgespräch Ende Mai vereinbart.', '2026-03-20T10:00:00Z'::timestamptz,
     '2026-03-20T10:00:00Z'::timestamptz),
    ('1002', 'COMPLETE', 'Unser Standort wird verlegt.', 'Mein Team soll bleiben wollen.',
     'Unterstützend, aber selten vor Ort.', '2026-02-27T15:40:00Z',
     'Gesprächsleitfaden für alle Teammitglieder erarbeitet.', null, '2026-03-20T10:20:00Z', '2026-03-20T10:20:00Z'),
    ('1003', 'COMPLETE', 'Neue Software, alte Gewohnheiten.', 'Weniger Reibung bei der Einführung.',
     'Offen für Experimente.', '2026-03-01T18:05:00Z', 'Pilotgruppe benannt, Start im Mai.', '',
     '2026-03-21T08:30:00Z', '2026-03-21T08:30:00Z'),
    ('1004', 'COMPLETE', 'Ich will Widerstand besser aushalten.', 'Ruhig bleiben, wenn es laut wird.', null,
     '2026-03-03T07:25:00Z', 'Drei Situationen durchgespielt und ausgewertet.',
     'Wünscht sich eine kollegiale Beratung.', '2026-03-21T09:10:00Z', '2026-03-21T09:10:00Z'),
    ('1005', 'RESULT', 'Fusion zweier Abteilungen.', 'Ein gemeinsames Bild vom Ziel.', 'Strategisch, ungeduldig.',
     '2026-03-05T11:55:00Z', 'Zielbild entworfen, noch nicht abgestimmt.', null, null, '2026-03-19T14:45:00Z'),
    ('1006', 'RESULT', 'Generationenwechsel in der Werkstatt.', 'Wissen sichern, ohne zu bevormunden.',
     'Erfahren und skeptisch.', '2026-03-08T20:14:00Z', null, null, null, '2026-03-18T16:00:00Z'),
    ('1007', 'DEBRIEFING', 'Sparprogramm erklären müssen.', 'Glaubwürdig bleiben.', null, '2026-03-10T06:48:00Z',
     null, null, null, '2026-03-18T15:30:00Z'),
    ('1008', 'DEBRIEFING', 'Agile Arbeitsweise einführen.', 'Klarheit über meine Rolle.', 'Vertraut mir, fragt wenig nach.',
     '2026-03-11T13:33:00Z', null, null, null, '2026-03-18T15:30:00Z'),
    ('1010', 'SUMMARY', 'Rückkehr aus der Elternzeit in ein neues Team.', 'Schnell handlungsfähig werden.', null,
     '2026-03-13T21:07:00Z', null, null, null, '2026-03-17T17:00:00Z'),
    -- The running course.
    ('1011', 'DEBRIEFING', 'Jahresgespräche stehen an.', 'Sicherer auftreten.', 'Freundlich, meidet Konflikte.',
     '2026-09-18T08:00:00Z', null, null, null, '2026-11-09T16:00:00Z'),
    ('1012', 'SUMMARY', 'Kritik fällt mir schwer.', 'Kritik so äußern, dass sie ankommt.', null,
     '2026-09-22T17:19:00Z', null, null, null, '2026-11-02T16:00:00Z'),
    ('1013', 'SUMMARY', 'Ich leite ein Team aus früheren Kollegen.', 'Die neue Rolle annehmen.', 'Sachlich und fair.',
     '2026-09-25T12:42:00Z', null, null, null, '2026-11-02T16:00:00Z'),
    ('1014', 'PREPARATION', 'Konflikt mit einem Lieferanten.', 'Ein Gespräch, das nicht eskaliert.', null,
     '2026-09-28T09:36:00Z', null, null, null, '2026-09-28T09:36:00Z'),
    ('1015', 'PREPARATION', 'Besser zuhören.', null, null, null, null, null, null, '2026-09-29T19:01:00Z'),
    ('1016', 'PREPARATION', null, null, null, null, null, null, null, '2026-06-15T08:58:00Z'),
    ('1018', 'PREPARATION', 'Gespräche auf Deutsch führen, obwohl ich auf Spanisch denke.', 'Mehr Mut.',
     'Geduldig.', '2026-10-01T07:50:00Z', null, null, null, '2026-10-01T07:50:00Z'),
    ('1019', 'PREPARATION', null, null, null, null, null, null, null, '2026-08-03T14:11:00Z'),
    -- The coming course: three have begun to prepare.
    ('1022', 'PREPARATION', 'Coaching als Teil meiner Führungsrolle.', 'Die richtigen Fragen stellen.',
     'Direkt, zahlenorientiert, wenig Zeit.', '2026-11-04T08:15:00Z', null, null, null, '2026-11-04T08:15:00Z'),
    ('1023', 'PREPARATION', 'Ich möchte intern als Coach arbeiten.', null, null, null, null, null, null,
     '2026-10-19T18:47:00Z'),
    ('1024', 'PREPARATION', null, null, null, null, null, null, null, '2026-09-09T13:49:00Z')
) as p (number, status, intent, results, manager, prepared, outcome, notes, completed, changed)
join bookings b on b.id = 'booking_' || p.number
on conflict (id) do nothing;

-- Two more who asked for the course that is in preparation.
insert into bookings (id, course_id, user_id, payment_status, created_at, updated_at)
values
    ('booking_1028', 'course_konfliktmoderation', 'user_georg_hartmann', 'OPEN',
     '2026-10-26T09:03:00Z', '2026-10-26T09:03:00Z'),
    ('booking_1029', 'course_konfliktmoderation', 'user_lena_fuchs', 'OPEN',
     '2026-10-27T14:21:00Z', '2026-10-27T14:21:00Z')
on conflict (id) do nothing;
