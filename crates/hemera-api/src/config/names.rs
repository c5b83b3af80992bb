//! What an environment variable, or a name in the file, means to the server.
//!
//! Every name that begins with `HEMERA_` is a setting of the server, or known to be another program's: a misspelt name
//! must not be a silent default.

use super::catalogue::{settings, table_of, tables};
use super::setting::{PREFIX, env_of_path};

/// What an environment variable means to the server.
#[derive(Debug)]
pub(super) enum Meaning {
    /// The setting at this path.
    Setting(String),
    /// It looks like a setting and is none: what is wrong with it.
    Unknown(String),
    /// It is another program's.
    Foreign,
}

/// What the client is set up with, which may stand in the same environment.
const OF_THE_CLIENT: [&str; 3] = ["HEMERA_API_BASE_URL", "HEMERA_API_KEY", "HEMERA_API_KEY_FILE"];

/// Settings of the server before this one, and what stands in for them.
const OF_THE_PREDECESSOR: [(&str, &str); 2] = [
    (
        "HEMERA_SERVICE_API_KEY",
        "is a setting of the server before this one: `hemera-api key new NAME --subject SUBJECT` makes a service key, and \
         HEMERA_SERVICE_KEYS__NAME__SHA256 lets it in",
    ),
    (
        "HEMERA_SERVICE_USER_ID",
        "is a setting of the server before this one: HEMERA_SERVICE_KEYS__NAME__SUBJECT says who calls with a service key",
    ),
];

/// What the environment variable means.
pub(super) fn meaning_of(variable: &str, value: &str) -> Meaning {
    for setting in settings() {
        let declaration = setting.declaration();
        if declaration.env() == variable {
            return Meaning::Setting(declaration.path.to_owned());
        }
        if declaration.secret && declaration.file_env() == variable {
            return Meaning::Setting(declaration.file_path());
        }
    }
    let Some(rest) = variable.strip_prefix(PREFIX) else {
        return Meaning::Foreign;
    };
    if OF_THE_CLIENT.contains(&variable) || is_injected_by_kubernetes(rest, value) {
        return Meaning::Foreign;
    }
    if let Some((_, successor)) = OF_THE_PREDECESSOR.iter().find(|(name, _)| *name == variable) {
        return Meaning::Unknown((*successor).to_owned());
    }
    let path = rest.replace("__", ".").to_lowercase();
    match table_of(&path) {
        Some((_, Some(_))) => Meaning::Setting(path),
        Some((table, None)) => Meaning::Unknown(table.unknown_field()),
        None => Meaning::Unknown(unknown(nearest_variable(variable, &path))),
    }
}

/// Whether a path of the file is a setting.
pub(super) fn is_known(path: &str) -> bool {
    let is_setting = settings().any(|setting| {
        let declaration = setting.declaration();
        declaration.path == path || (declaration.secret && declaration.file_path() == path)
    });
    is_setting || table_of(path).is_some_and(|(_, field)| field.is_some())
}

/// What is wrong with a path of the file that is not a setting.
pub(super) fn unknown_in_file(path: &str) -> String {
    match table_of(path) {
        Some((table, _)) => table.unknown_field(),
        None => unknown(nearest(path, known_paths(path))),
    }
}

fn unknown(nearest: Option<String>) -> String {
    match nearest {
        Some(name) => format!("is not a setting of this server; did you mean {name}?"),
        None => "is not a setting of this server; `hemera-api config list` shows those that are".to_owned(),
    }
}

fn nearest_variable(variable: &str, path: &str) -> Option<String> {
    // A setting with a common name is known under what would follow from its path, too.
    let spellings = settings().flat_map(|setting| {
        let declaration = setting.declaration();
        let name = declaration.env().into_owned();
        let file = declaration.secret.then(|| declaration.file_env());
        [
            Some((name.clone(), name.clone())),
            Some((env_of_path(declaration.path), name)),
            file.map(|file| (file.clone(), file)),
        ]
    });
    let of_tables = fields_like(path).map(|path| (env_of_path(&path), env_of_path(&path)));
    nearest(variable, spellings.flatten().chain(of_tables))
}

fn known_paths(path: &str) -> impl Iterator<Item = (String, String)> {
    let paths = settings().flat_map(|setting| {
        let declaration = setting.declaration();
        let file = declaration.secret.then(|| declaration.file_path());
        [Some(declaration.path.to_owned()), file]
    });
    let paths = paths.flatten().chain(fields_like(path));
    paths.map(|path| (path.clone(), path))
}

/// The fields of every table, with the name of an entry that this path has in its middle.
fn fields_like(path: &str) -> impl Iterator<Item = String> {
    let entry = path.split('.').nth(1).unwrap_or_default().to_owned();
    tables().flat_map(move |table| {
        let (entry, fields) = (entry.clone(), table.fields.iter());
        fields.map(move |field| format!("{}.{entry}.{}", table.path, field.declaration().path))
    })
}

/// How much of a name must be right for another one to be meant by it.
const LEAST_LIKENESS: f64 = 0.75;

/// Of names by their spellings, the one that is spelt most like this.
fn nearest(given: &str, spellings: impl Iterator<Item = (String, String)>) -> Option<String> {
    // What all names have in common says nothing.
    let bare = |name: &str| name.strip_prefix(PREFIX).unwrap_or(name).to_lowercase();
    let given = bare(given);
    spellings
        .map(|(spelling, name)| {
            (
                strsim::normalized_damerau_levenshtein(&given, &bare(&spelling)),
                name,
            )
        })
        .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

/// Whether Kubernetes sets this for a service whose name begins with `hemera-`: in a pod of the same namespace it adds
/// variables for each service, made from the service's name. Where the name alone does not show it, the value has to.
fn is_injected_by_kubernetes(rest: &str, value: &str) -> bool {
    if rest.contains("__") {
        return false;
    }
    let rest = format!("_{rest}");
    let is_address = || {
        ["tcp://", "udp://", "sctp://"]
            .iter()
            .any(|scheme| value.starts_with(scheme))
    };
    if rest.ends_with("_SERVICE_HOST") {
        return true;
    }
    if let Some((_, port)) = rest.split_once("_SERVICE_PORT") {
        return (port.is_empty() || port.starts_with('_')) && value.parse::<u16>().is_ok();
    }
    if rest.ends_with("_PORT") && is_address() {
        return true;
    }
    // `_PORT_8080_TCP`, and after it `_ADDR`, `_PORT` or `_PROTO`.
    rest.split("_PORT_").skip(1).any(|after| {
        let mut parts = after.split('_');
        let number = parts.next().is_some_and(|part| part.parse::<u16>().is_ok());
        let protocol = matches!(parts.next(), Some("TCP" | "UDP" | "SCTP"));
        let detail = matches!(parts.next(), None | Some("ADDR" | "PORT" | "PROTO"));
        number && protocol && detail && parts.next().is_none()
    })
}
