//! Cases of the sections from that of the service keys on.

use super::{Case, KEY, MACHINE, OWN, SUBJECT};

pub(super) const CASES: &[Case] = &[
    (
        "HEMERA_SERVICE_KEYS__ROLLBACK__EXPIRES",
        "is not set",
        &[KEY, SUBJECT],
    ),
    (
        "HEMERA_SERVICE_KEYS__ROLLBACK__EXPIRES",
        "is more than a year",
        &[
            KEY,
            SUBJECT,
            (
                "HEMERA_SERVICE_KEYS__ROLLBACK__EXPIRES",
                "2027-03-12T09:00:00.000Z",
            ),
        ],
    ),
    (
        "HEMERA_SERVICE_KEYS__ROLLBACK__EXPIRES",
        "has passed",
        &[
            KEY,
            SUBJECT,
            (
                "HEMERA_SERVICE_KEYS__ROLLBACK__EXPIRES",
                "2026-03-10T09:00:00.000Z",
            ),
        ],
    ),
    (
        "HEMERA_MACHINES__AITHER__ALLOW_UNSCOPED",
        "is true",
        &[MACHINE, OWN, ("HEMERA_MACHINES__AITHER__ALLOW_UNSCOPED", "true")],
    ),
    (
        "HEMERA_LIMITS__API_CLIENT_RATE",
        "admits more",
        &[("HEMERA_LIMITS__API_CLIENT_RATE", "1001")],
    ),
    (
        "HEMERA_LIMITS__ADMIN_RATE",
        "admits more",
        &[
            ("HEMERA_LIMITS__WINDOW", "5900ms"),
            ("HEMERA_LIMITS__API_CLIENT_RATE", "1"),
            ("HEMERA_LIMITS__FAILED_AUTH_RATE", "1"),
        ],
    ),
    (
        "HEMERA_LIMITS__FAILED_AUTH_RATE",
        "admits more",
        &[("HEMERA_LIMITS__FAILED_AUTH_RATE", "301")],
    ),
    (
        "HEMERA_LIMITS__STORE",
        "sends the password",
        &[("HEMERA_LIMITS__STORE", "redis://:swordfish@203.0.113.7:6379/0")],
    ),
    (
        "HEMERA_LIMITS__STORE",
        "names a Redis",
        &[("HEMERA_LIMITS__STORE", "rediss://redis.example:6379/0")],
    ),
    (
        "HEMERA_LIMITS__REPLICAS",
        "is not set",
        &[("HEMERA_LIMITS__REPLICAS", "")],
    ),
    (
        "HEMERA_SECURITY__MISSING_IDS",
        "is more",
        &[("HEMERA_SECURITY__MISSING_IDS", "201")],
    ),
    (
        "HEMERA_SECURITY__PARTICIPATIONS_A_DAY",
        "is more",
        &[("HEMERA_SECURITY__PARTICIPATIONS_A_DAY", "5001")],
    ),
    (
        "HEMERA_IDENTITY__PSEUDONYM_KEY",
        "has fewer",
        &[
            ("HEMERA_IDENTITY__PARTICIPANT_IDENTITY", "pseudonymous"),
            (
                "HEMERA_IDENTITY__PSEUDONYM_KEY",
                "swordfish-swordfish-swordfish-swordfish",
            ),
        ],
    ),
    (
        "HEMERA_IDENTITY__PSEUDONYM_KEY",
        "is set without",
        &[(
            "HEMERA_IDENTITY__PSEUDONYM_KEY",
            "4b1f0a9c7d2e83564b1f0a9c7d2e8356",
        )],
    ),
    ("HEMERA_AUDIT__KEY", "is not set", &[("HEMERA_AUDIT__KEY", "")]),
    (
        "HEMERA_AUDIT__CHECKPOINT_INTERVAL",
        "is more",
        &[("HEMERA_AUDIT__CHECKPOINT_INTERVAL", "61m")],
    ),
    (
        "HEMERA_METRICS__LISTEN",
        "can be reached",
        &[("HEMERA_METRICS__LISTEN", "0.0.0.0:9464")],
    ),
    (
        "HEMERA_METRICS__LISTEN",
        "is not set",
        &[("HEMERA_METRICS__LISTEN", "")],
    ),
    (
        "HEMERA_METRICS__NETWORK_IS_PRIVATE",
        "is true, and",
        &[
            ("HEMERA_METRICS__LISTEN", "203.0.113.7:9464"),
            ("HEMERA_METRICS__NETWORK_IS_PRIVATE", "true"),
        ],
    ),
    ("RUST_LOG", "hides errors", &[("RUST_LOG", "sqlx=debug")]),
    (
        "RUST_LOG",
        "hides warnings",
        &[("RUST_LOG", "info,hemera_api=error")],
    ),
    ("RUST_LOG", "has trace", &[("RUST_LOG", "info,hyper=trace")]),
];
