//! The tables of `docs/api.md` agree with this crate.

use std::collections::BTreeSet;

use hemera_types::{ErrorCode, Named, Operation, ResultVerdict, SERVICE_API, VERSION, bounds, header};
use http::Method;
use permissions::{Permission, Role};

const DOCUMENT: &str = include_str!("../../../../docs/api.md");

/// The cells of every row of the table under `heading` whose first column is called `column`.
fn table(heading: &str, column: &str) -> Vec<Vec<&'static str>> {
    let section = DOCUMENT
        .split(&format!("\n## {heading}\n"))
        .nth(1)
        .unwrap_or_else(|| panic!("section {heading}"));
    let section = section.split("\n## ").next().unwrap();
    let head = format!("| {column} |");
    let rows = section
        .lines()
        .skip_while(|line| !line.starts_with(&head))
        .take_while(|line| line.starts_with('|'));
    rows.skip(2)
        .map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_operation_is_documented() {
    let rows = table("Operations", "operation");
    assert_eq!(rows.len(), Operation::ALL.len());
    for (row, operation) in rows.iter().zip(Operation::ALL) {
        let spec = operation.spec();
        let needs: Vec<&str> = spec
            .permissions
            .iter()
            .map(|permission| permission.name())
            .collect();
        assert_eq!(code(row[0]), [operation.name()]);
        assert_eq!(code(row[1]), [format!("{} {}", spec.method, spec.path)]);
        assert_eq!(code(row[2]), needs, "{operation}");
    }
}

#[test]
fn operations_have_names_and_routes_of_their_own() {
    let names: BTreeSet<&str> = Operation::ALL.iter().map(|operation| operation.name()).collect();
    assert_eq!(names.len(), Operation::ALL.len());
    let specs = Operation::ALL.iter().map(|operation| operation.spec());
    let routes: BTreeSet<_> = specs.map(|spec| (spec.path, spec.method.as_str())).collect();
    assert_eq!(routes.len(), Operation::ALL.len());
    for (path, _) in routes {
        assert!(path.starts_with(SERVICE_API), "{path}");
    }
}

#[test]
fn methods_are_listed_once() {
    let methods: Vec<&str> = Operation::methods().map(Method::as_str).collect();
    assert_eq!(methods, ["GET", "PUT"]);
}

/// A permission is not enough: the role must be one that may use the service API at all.
#[test]
fn operations_admit_roles_by_their_permissions() {
    use Role::{Admin, ApiClient, User};
    let list = Operation::ListCourses.spec();
    assert!(list.admits(ApiClient) && list.admits(Admin));
    assert!(User.grants().contains_all(list.permissions) && !list.admits(User));
    let usage = Operation::GetUsage.spec();
    assert!(usage.admits(Admin) && !usage.admits(ApiClient));
}

#[test]
fn bounds_of_many_results_are_documented() {
    for text in [
        format!(
            "takes up to {} MiB with",
            bounds::RESULTS_BODY_BYTES / 1024 / 1024
        ),
        format!(
            "| {}–{} objects |",
            bounds::RESULTS_ITEMS.start(),
            bounds::RESULTS_ITEMS.end()
        ),
        format!(
            "one request for each {} updates",
            bounds::RESULTS_ITEMS_PER_COUNTED_REQUEST
        ),
    ] {
        assert!(DOCUMENT.contains(&text), "docs/api.md does not say {text:?}");
    }
}

#[test]
fn every_verdict_is_documented() {
    let rows = table("Writing many results", "`verdict`");
    let named: Vec<&str> = rows.iter().map(|row| code(row[0])[0]).collect();
    let verdicts: Vec<&str> = ResultVerdict::ALL.iter().map(|verdict| verdict.name()).collect();
    assert_eq!(named, verdicts);
    for (row, verdict) in rows.iter().zip(ResultVerdict::ALL) {
        assert_eq!(row[3].contains("send it again"), verdict.is_open(), "{verdict}");
    }
}

#[test]
fn every_error_code_is_documented() {
    let rows = table("Errors", "code");
    assert_eq!(rows.len(), ErrorCode::ALL.len());
    for (row, error) in rows.iter().zip(ErrorCode::ALL) {
        assert_eq!(code(row[0]), [error.name()]);
        assert_eq!(row[1], error.status().as_str(), "{error}");
    }
}

/// Beside those of the table: what HTTP itself wants of a body, of conditions, of a 401 and of a 405.
#[test]
fn every_header_of_a_response_is_listed() {
    let rows = table("Credentials and headers", "header");
    let documented = rows.iter().filter(|row| row[1] != "request");
    let documented = documented.flat_map(|row| code(row[0])).map(str::to_lowercase);
    let of_http = ["allow", "content-type", "etag", "www-authenticate"].map(str::to_owned);
    let expected: BTreeSet<String> = documented.chain(of_http).collect();
    let listed = header::OF_RESPONSES.iter().map(ToString::to_string);
    assert_eq!(listed.collect::<BTreeSet<String>>(), expected);
}

#[test]
fn every_grant_is_documented() {
    let rows = table("Who may do what", "permission");
    assert_eq!(rows.len(), Permission::ALL.len());
    for (row, permission) in rows.iter().zip(Permission::ALL) {
        assert_eq!(code(row[0]), [permission.name()]);
        for (cell, role) in row[1..].iter().zip(Role::ALL) {
            let granted = if role.grants().contains(permission) {
                "yes"
            } else {
                "–"
            };
            assert_eq!(*cell, granted, "{permission} of {role}");
        }
    }
}

#[test]
fn every_bound_is_documented() {
    let range = |(low, high): (&u32, &u32)| format!("{low}–{high}");
    let parameters = table("Lists", "parameter");
    let row = |name: &str| {
        parameters
            .iter()
            .find(|row| code(row[0]).contains(&name))
            .unwrap()
    };
    assert_eq!(
        row("limit")[1],
        range((bounds::PAGE_LIMIT.start(), bounds::PAGE_LIMIT.end()))
    );
    assert_eq!(row("limit")[2], bounds::DEFAULT_PAGE_LIMIT.to_string());
    assert_eq!(
        row("offset")[1],
        range((bounds::PAGE_OFFSET.start(), bounds::PAGE_OFFSET.end()))
    );
    for text in [
        format!(
            "`days`, {}–{}, default {}",
            bounds::USAGE_DAYS.start(),
            bounds::USAGE_DAYS.end(),
            bounds::DEFAULT_USAGE_DAYS
        ),
        format!(
            "{}–{} characters of `[A-Za-z0-9_-]`",
            bounds::ID_CHARS.start(),
            bounds::ID_CHARS.end()
        ),
        format!("{} characters", bounds::RESULT_TEXT_CHARS),
        format!("body over {} KiB", bounds::BODY_BYTES / 1024),
        format!(
            "{}–{} visible ASCII",
            bounds::REQUEST_ID_CHARS.start(),
            bounds::REQUEST_ID_CHARS.end()
        ),
        format!(
            "`api-client` {} requests a minute with a burst of {}",
            bounds::API_CLIENT_RATE,
            bounds::API_CLIENT_BURST
        ),
        format!(
            "`admin` {} with a\nburst of {}",
            bounds::ADMIN_RATE,
            bounds::ADMIN_BURST
        ),
        format!("any window of {} s", bounds::RATE_WINDOW.as_secs()),
    ] {
        assert!(DOCUMENT.contains(&text), "docs/api.md does not say {text:?}");
    }
}

/// The anchor that `Link: …; rel="help"` of an error leads to.
#[test]
fn every_error_code_has_a_heading_that_says_what_to_do_and_who_can_cure_it() {
    for code in ErrorCode::ALL {
        let heading = format!("\n### {code}\n");
        let (_, section) = DOCUMENT
            .split_once(&heading)
            .unwrap_or_else(|| panic!("no heading for {code}"));
        let section = section.split("\n#").next().unwrap();
        assert!(section.contains(code.status().as_str()), "{code}");
        for part in ["**Do:**", "**Cure:**"] {
            assert!(section.contains(part), "{code} has no {part}");
        }
    }
}

#[test]
fn version_of_the_contract_is_the_same_everywhere() {
    assert!(DOCUMENT.starts_with(&format!("# The Hemera service API, contract {VERSION}\n")));
    let openapi: serde_json::Value =
        serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap();
    assert_eq!(openapi["info"]["version"], VERSION);
    let versioning = include_str!("../../../../docs/versioning.md");
    assert!(versioning.contains(&format!("| the contract | {VERSION} |")));
}
