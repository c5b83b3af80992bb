//! Cases of the sections up to that of the roles.

use super::Case;

pub(super) const CASES: &[Case] = &[
    (
        "HEMERA_HTTP__LISTEN",
        "can be reached",
        &[("HEMERA_HTTP__LISTEN", "0.0.0.0:8080")],
    ),
    (
        "HEMERA_HTTP__HEADER_TIMEOUT",
        "is longer",
        &[("HEMERA_HTTP__HEADER_TIMEOUT", "121s")],
    ),
    (
        "HEMERA_HTTP__BODY_TIMEOUT",
        "is longer",
        &[("HEMERA_HTTP__BODY_TIMEOUT", "121s")],
    ),
    (
        "HEMERA_HTTP__WRITE_TIMEOUT",
        "is longer",
        &[("HEMERA_HTTP__WRITE_TIMEOUT", "121s")],
    ),
    (
        "HEMERA_HTTP__MAX_CONNECTIONS_PER_ADDRESS",
        "lets one address",
        &[
            ("HEMERA_HTTP__MAX_CONNECTIONS_PER_ADDRESS", "512"),
            ("HEMERA_HTTP__TRUSTED_PROXIES", "0"),
        ],
    ),
    (
        "HEMERA_HTTP__TRUSTED_PROXIES",
        "is 0 behind",
        &[
            ("HEMERA_HTTP__TRUSTED_PROXIES", "0"),
            ("HEMERA_HTTP__TLS_AT_PROXY", "true"),
            ("HEMERA_HTTP__LISTEN", "0.0.0.0:8080"),
        ],
    ),
    (
        "HEMERA_HTTP__ALLOWED_CLIENTS",
        "names a network",
        &[("HEMERA_HTTP__ALLOWED_CLIENTS", "10.0.0.0/8,::/0")],
    ),
    (
        "HEMERA_HTTP__DOCUMENTATION_URL",
        "is sent",
        &[("HEMERA_HTTP__DOCUMENTATION_URL", "http://docs.hemera.example/api")],
    ),
    (
        "HEMERA_CORS__ORIGINS",
        "has `*`",
        &[("HEMERA_CORS__ORIGINS", "*")],
    ),
    (
        "HEMERA_CORS__ORIGINS",
        "has an origin over http",
        &[("HEMERA_CORS__ORIGINS", "https://a.example,http://b.example")],
    ),
    (
        "HEMERA_CORS__ORIGINS",
        "has an origin on this machine",
        &[("HEMERA_CORS__ORIGINS", "http://localhost:3000")],
    ),
    (
        "DATABASE_URL",
        "names another machine",
        &[("DATABASE_URL", "postgres://hemera@db.example/hemera")],
    ),
    (
        "DATABASE_URL",
        "has no password",
        &[("DATABASE_URL", "postgres://hemera:hemera@localhost/hemera")],
    ),
    (
        "DATABASE_URL",
        "logs in as postgres",
        &[("DATABASE_URL", "postgres://postgres:swordfish@localhost/hemera")],
    ),
    (
        "HEMERA_DATABASE__ADMIN_URL",
        "names another machine",
        &[(
            "HEMERA_DATABASE__ADMIN_URL",
            "postgres://owner:swordfish@db.example/hemera",
        )],
    ),
    (
        "HEMERA_DATABASE__ADMIN_URL",
        "has no password",
        &[(
            "HEMERA_DATABASE__ADMIN_URL",
            "postgres://owner:owner@localhost/hemera",
        )],
    ),
    (
        "HEMERA_DATABASE__ADMIN_URL",
        "is among",
        &[(
            "HEMERA_DATABASE__ADMIN_URL",
            "postgres://owner:swordfish@localhost/hemera",
        )],
    ),
    (
        "HEMERA_DATABASE__PRIVATE_NETWORK",
        "is true, and the database",
        &[
            ("HEMERA_DATABASE__PRIVATE_NETWORK", "true"),
            ("DATABASE_URL", "postgres://hemera@203.0.113.7/hemera"),
        ],
    ),
    (
        "CLERK_SECRET_KEY",
        "is the emulator's",
        &[("CLERK_SECRET_KEY", "sk_live_emulator")],
    ),
    (
        "CLERK_SECRET_KEY",
        "is a key of a development",
        &[
            ("CLERK_SECRET_KEY", "sk_test_swordfish4711"),
            ("CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuaGVtZXJhLmV4YW1wbGUk"),
        ],
    ),
    ("CLERK_SECRET_KEY", "is a live key:", &[]),
    (
        "CLERK_PUBLISHABLE_KEY",
        "is a live key beside",
        &[("CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuaGVtZXJhLmV4YW1wbGUk")],
    ),
    (
        "CLERK_ISSUER",
        "is not the Frontend API",
        &[("CLERK_ISSUER", "https://clerk.other.example")],
    ),
    (
        "CLERK_ISSUER",
        "is on this machine",
        &[
            ("CLERK_ISSUER", "http://127.0.0.1:4010"),
            ("CLERK_PUBLISHABLE_KEY", ""),
        ],
    ),
    (
        "CLERK_API_URL",
        "is on this machine",
        &[("CLERK_API_URL", "http://localhost:4010")],
    ),
    (
        "CLERK_API_URL",
        "is not Clerk's own",
        &[("CLERK_API_URL", "https://clerk.proxy.example")],
    ),
    ("CLERK_JWT_KEY", "is set", &[("CLERK_JWT_KEY", JWT_KEY)]),
    (
        "HEMERA_TOKENS__CLASSES",
        "has session",
        &[("HEMERA_TOKENS__CLASSES", "template,session")],
    ),
    (
        "HEMERA_TOKENS__LEEWAY",
        "is longer",
        &[("HEMERA_TOKENS__LEEWAY", "6s")],
    ),
    (
        "HEMERA_TOKENS__MAX_LIFETIME",
        "is longer",
        &[("HEMERA_TOKENS__MAX_LIFETIME", "61m")],
    ),
    (
        "HEMERA_TOKENS__KEYS_MAX_AGE",
        "is longer",
        &[("HEMERA_TOKENS__KEYS_MAX_AGE", "6m")],
    ),
    (
        "HEMERA_TOKENS__KEYS_GRACE",
        "is longer",
        &[("HEMERA_TOKENS__KEYS_GRACE", "61m")],
    ),
    (
        "HEMERA_TOKENS__KEYS_WINDOW",
        "is shorter",
        &[("HEMERA_TOKENS__KEYS_WINDOW", "29s")],
    ),
    (
        "HEMERA_TOKENS__KEYS_COOL_DOWN",
        "is 0",
        &[("HEMERA_TOKENS__KEYS_COOL_DOWN", "0s")],
    ),
    (
        "HEMERA_ROLES__SOURCE",
        "is claim",
        &[("HEMERA_ROLES__SOURCE", "claim")],
    ),
    (
        "HEMERA_ROLES__REFUSE_LOCKED",
        "is true",
        &[("HEMERA_ROLES__REFUSE_LOCKED", "true")],
    ),
    (
        "HEMERA_ROLES__MAX_AGE",
        "is longer",
        &[("HEMERA_ROLES__MAX_AGE", "61s")],
    ),
    (
        "HEMERA_ROLES__GRACE",
        "is longer",
        &[("HEMERA_ROLES__GRACE", "6m")],
    ),
    (
        "HEMERA_ROLES__COOL_DOWN",
        "is 0",
        &[("HEMERA_ROLES__COOL_DOWN", "0s")],
    ),
];

/// Of the emulator, made once.
const JWT_KEY: &str = "-----BEGIN PUBLIC KEY-----\\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo\\n4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0/IzW7yWR7QkrmBL7jTKEn5u\\n+qKhbwKfBstIs+bMY2Zkp18gnTxKLxoS2tFczGkPLPgizskuemMghRniWaoLcyeh\\nkd3qqGElvW/VDL5AaWTg0nLVkjRo9z+40RQzuVaE8AkAFmxZzow3x+VJYKdjykkJ\\n0iT9wCS0DRTXu269V264Vf/3jvredZiKRkgwlL9xNAwxXFg0x/XFw005UWVRIkdg\\ncKWTjpBP2dPwVZ4WWC+9aGVd+Gyn1o0CLelf4rEjGoXbAAEgAqeGUxrcIlbjXfbc\\nmwIDAQAB\\n-----END PUBLIC KEY-----";
