//! The courses, people and participations that every scenario begins with. All times are in 2025.

/// A course.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    /// Its id; its slug is the same text.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its level, as the contract names it.
    pub level: &'static str,
    /// When it begins.
    pub start_date: Option<&'static str>,
    /// When it ends.
    pub end_date: Option<&'static str>,
    /// Whether lists show it.
    pub published: bool,
    /// When it last changed.
    pub updated_at: &'static str,
}

/// A user, who has a name or none.
#[derive(Clone, Copy, Debug)]
pub struct User {
    /// The id.
    pub id: &'static str,
    /// The name.
    pub name: Option<&'static str>,
    /// The address of the picture.
    pub image_url: Option<&'static str>,
}

/// A booking.
#[derive(Clone, Copy, Debug)]
pub struct Booking {
    /// Its id.
    pub id: &'static str,
    /// Its course.
    pub course: &'static str,
    /// Who has booked.
    pub user: &'static str,
    /// When it was made.
    pub created_at: &'static str,
    /// When it last changed.
    pub updated_at: &'static str,
}

/// A participation. Its course and its user are those of its booking.
#[derive(Clone, Copy, Debug)]
pub struct Participation {
    /// Its id.
    pub id: &'static str,
    /// Its booking.
    pub booking: &'static str,
    /// Its status, as the contract names it.
    pub status: &'static str,
    /// What the user wants to prepare, and to take away, and how the line manager is described.
    pub preparation: [Option<&'static str>; 3],
    /// When the preparation was finished.
    pub prepared_at: Option<&'static str>,
    /// Outcome and notes.
    pub result: [Option<&'static str>; 2],
    /// When it was completed.
    pub completed_at: Option<&'static str>,
    /// When it was made.
    pub created_at: &'static str,
    /// When it last changed.
    pub updated_at: &'static str,
}

/// A topic with its materials.
#[derive(Clone, Copy, Debug)]
pub struct Topic {
    /// Its id.
    pub id: &'static str,
    /// Its course.
    pub course: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its place in the curriculum.
    pub position: i32,
    /// Its materials, in no order.
    pub materials: &'static [Material],
}

/// A material. Its identifier is the text of its id.
#[derive(Clone, Copy, Debug)]
pub struct Material {
    /// Its id.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its place in the topic.
    pub sort_order: i32,
    /// Its text, repeated this often: a long one is compressed.
    pub html: Option<(&'static str, usize)>,
}

/// The time when every clock begins, in seconds since the epoch: 2026-03-10T09:00:00Z.
pub const BEGIN: u64 = 1_773_133_200;

/// The courses: two begin at once, one has no date, one is not published.
pub const COURSES: &[Course] = &[
    Course {
        id: "course_b",
        title: "Führung im Wandel",
        level: "INTERMEDIATE",
        start_date: Some("2025-03-15T08:00:00.000Z"),
        end_date: Some("2025-03-18T16:00:00.000Z"),
        published: true,
        updated_at: "2025-01-10T09:00:00.000Z",
    },
    Course {
        id: "course_a",
        title: "Schwierige Gespräche: \"Ich\" & <Du>",
        level: "BEGINNER",
        start_date: Some("2025-03-15T08:00:00.000Z"),
        end_date: Some("2025-03-15T16:00:00.000Z"),
        published: true,
        updated_at: "2025-01-11T09:00:00.000Z",
    },
    Course {
        id: "course_c",
        title: "Coaching",
        level: "ADVANCED",
        start_date: Some("2025-09-01T08:00:00.123Z"),
        end_date: None,
        published: true,
        updated_at: "2025-01-12T09:00:00.000Z",
    },
    Course {
        id: "course_d",
        title: "Noch ohne Datum",
        level: "BEGINNER",
        start_date: None,
        end_date: None,
        published: true,
        updated_at: "2025-01-13T09:00:00.000Z",
    },
    Course {
        id: "course_e",
        title: "In Vorbereitung",
        level: "ADVANCED",
        start_date: None,
        end_date: None,
        published: false,
        updated_at: "2025-01-14T09:00:00.000Z",
    },
];

/// The users: one has given no name.
pub const USERS: &[User] = &[
    User {
        id: "user_anna",
        name: Some("Anna Becker"),
        image_url: Some("https://img.example/anna.webp"),
    },
    User {
        id: "user_bernd",
        name: Some("Bernd Vogel"),
        image_url: None,
    },
    User {
        id: "user_zoe",
        name: None,
        image_url: None,
    },
];

/// The bookings: two of one moment, and one that has no participation.
pub const BOOKINGS: &[Booking] = &[
    Booking {
        id: "booking_3",
        course: "course_b",
        user: "user_anna",
        created_at: "2025-02-01T10:00:00.000Z",
        updated_at: "2025-02-01T10:00:00.000Z",
    },
    Booking {
        id: "booking_2",
        course: "course_b",
        user: "user_bernd",
        created_at: "2025-02-01T10:00:00.000Z",
        updated_at: "2025-02-02T10:00:00.000Z",
    },
    Booking {
        id: "booking_1",
        course: "course_b",
        user: "user_zoe",
        created_at: "2025-02-03T10:00:00.000Z",
        updated_at: "2025-02-03T10:00:00.000Z",
    },
    Booking {
        id: "booking_4",
        course: "course_c",
        user: "user_anna",
        created_at: "2025-02-04T10:00:00.000Z",
        updated_at: "2025-02-04T10:00:00.000Z",
    },
];

/// The participations: one just begun, one complete.
pub const PARTICIPATIONS: &[Participation] = &[
    Participation {
        id: "part_anna",
        booking: "booking_3",
        status: "SUMMARY",
        preparation: [Some("Mein Team"), Some("Ruhe"), Some("Fordernd")],
        prepared_at: Some("2025-02-20T10:00:00.000Z"),
        result: [None, None],
        completed_at: None,
        created_at: "2025-02-05T10:00:00.000Z",
        updated_at: "2025-02-20T10:00:00.000Z",
    },
    Participation {
        id: "part_bernd",
        booking: "booking_2",
        status: "COMPLETE",
        preparation: [None, None, None],
        prepared_at: None,
        result: [Some("Spricht frei."), Some("")],
        completed_at: Some("2025-03-20T10:00:00.000Z"),
        created_at: "2025-02-06T10:00:00.000Z",
        updated_at: "2025-03-20T10:00:00.000Z",
    },
    Participation {
        id: "part_c",
        booking: "booking_4",
        status: "PREPARATION",
        preparation: [None, None, None],
        prepared_at: None,
        result: [None, None],
        completed_at: None,
        created_at: "2025-02-07T10:00:00.000Z",
        updated_at: "2025-02-07T10:00:00.000Z",
    },
];

/// Materials that stand under another topic too, each with its place there.
pub const SHARED_MATERIALS: &[(&str, &str, i32)] = &[("material_c", "topic_1", 7)];

/// The topics: one without materials of its own, and one whose answer is compressed.
pub const TOPICS: &[Topic] = &[
    Topic {
        id: "topic_2",
        course: "course_b",
        title: "Zweites",
        position: 1,
        materials: &[
            Material {
                id: "material_b",
                title: "B",
                sort_order: 1,
                html: Some(("<p>\u{201e}B\u{201c}</p>", 1)),
            },
            Material {
                id: "material_a",
                title: "A",
                sort_order: 1,
                html: None,
            },
            Material {
                id: "material_c",
                title: "C",
                sort_order: 0,
                html: Some(("", 1)),
            },
        ],
    },
    Topic {
        id: "topic_1",
        course: "course_b",
        title: "Erstes",
        position: 2,
        materials: &[],
    },
    Topic {
        id: "topic_long",
        course: "course_c",
        title: "Langes",
        position: 1,
        materials: &[Material {
            id: "material_long",
            title: "Lang",
            sort_order: 1,
            html: Some(("<p>Viel Text.</p>", 300)),
        }],
    },
];
