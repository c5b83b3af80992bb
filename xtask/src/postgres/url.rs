//! A PostgreSQL URL, taken apart just far enough to name another database on the same server.

use std::fmt;
use std::net::IpAddr;

use anyhow::{Result, bail};
use percent_encoding::percent_decode_str;

/// `postgres://user:password@host:port/database?options`. Never prints its password.
#[derive(Clone, PartialEq)]
pub(crate) struct DatabaseUrl {
    scheme: String,
    user: Option<String>,
    password: Option<String>,
    /// Host and port as they are written; several are separated by commas, none is the local socket.
    place: String,
    database: String,
    options: Option<String>,
}

impl DatabaseUrl {
    /// Reads a URL. The error does not repeat it: it may hold a password.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let Some((scheme, rest)) = text.trim().split_once("://") else {
            bail!("it is not a URL; expected postgres://user:password@host:port/database");
        };
        if !matches!(scheme, "postgres" | "postgresql") {
            bail!("its scheme is not postgres; expected postgres://user:password@host:port/database");
        }
        let (rest, options) = match rest.split_once('?') {
            Some((rest, options)) => (rest, Some(options.to_owned())),
            None => (rest, None),
        };
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        let (user, password) = match user.map(|user| user.split_once(':').unwrap_or((user, ""))) {
            Some((user, "")) => (Some(user.to_owned()), None),
            Some((user, password)) => (Some(user.to_owned()), Some(password.to_owned())),
            None => (None, None),
        };
        Ok(Self {
            scheme: scheme.to_owned(),
            user,
            password,
            place: place.to_owned(),
            database: database.to_owned(),
            options,
        })
    }

    /// A server's URL from its parts. Neither user nor password may need escaping.
    pub(crate) fn at(place: &str, user: &str, password: &str, database: &str) -> Self {
        Self {
            scheme: "postgres".to_owned(),
            user: Some(user.to_owned()),
            password: Some(password.to_owned()),
            place: place.to_owned(),
            database: database.to_owned(),
            options: None,
        }
    }

    /// The same server, another database.
    pub(crate) fn with_database(&self, name: &str) -> Self {
        Self {
            database: name.to_owned(),
            ..self.clone()
        }
    }

    /// The same place and password, for another login, whose name needs no escaping.
    pub(crate) fn with_user(&self, user: &str) -> Self {
        Self {
            user: Some(user.to_owned()),
            ..self.clone()
        }
    }

    /// The same login, with the rights of a role it belongs to and no others.
    pub(crate) fn with_role(&self, role: &str) -> Self {
        let others = self.options.iter().map(|options| format!("{options}&"));
        Self {
            options: Some(others.chain([format!("options=-c%20role%3D{role}")]).collect()),
            ..self.clone()
        }
    }

    /// The database that it names; empty where it names none.
    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    /// The user that it names.
    pub(crate) fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Host and port as written, for a person.
    pub(crate) fn place(&self) -> &str {
        if self.place.is_empty() {
            "the local socket"
        } else {
            &self.place
        }
    }

    /// Whether the server is on this machine, as far as the URL says.
    pub(crate) fn is_loopback(&self) -> bool {
        let options = self.options.as_deref().unwrap_or_default();
        let overridden = options
            .split('&')
            .filter_map(|option| option.split_once('='))
            .filter_map(|(name, value)| matches!(name, "host" | "hostaddr").then_some(value));
        self.place.split(',').chain(overridden).all(is_loopback_place)
    }

    /// The whole URL with its password, for a child's environment.
    pub(crate) fn expose(&self) -> String {
        self.write(self.password.as_deref())
    }

    /// The URL without its password, for a command line, which others on the machine can read.
    pub(crate) fn without_password(&self) -> String {
        self.write(None)
    }

    /// The password, unescaped, for `PGPASSWORD`.
    pub(crate) fn password(&self) -> Option<String> {
        self.password.as_deref().map(unescaped)
    }

    fn write(&self, password: Option<&str>) -> String {
        let user = match (&self.user, password) {
            (Some(user), Some(password)) => format!("{user}:{password}@"),
            (Some(user), None) => format!("{user}@"),
            (None, _) => String::new(),
        };
        let options = self
            .options
            .as_ref()
            .map(|options| format!("?{options}"))
            .unwrap_or_default();
        format!(
            "{}://{user}{}/{}{options}",
            self.scheme, self.place, self.database
        )
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Options may hold a password too.
        write!(f, "{}/{}", self.place(), self.database)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// Whether a host, with or without a port, is this machine: a socket, `localhost` and every name below it, `127.0.0.0/8`
/// and `::1`.
///
/// The rule for names and addresses is that of `clerk::is_loopback`, by which the server and the client decide. It is
/// written again here because xtask links none of the workspace's crates: it must work while they do not build.
fn is_loopback_place(place: &str) -> bool {
    let place = unescaped(place);
    if place.is_empty() || place.starts_with('/') {
        return true;
    }
    let host = match place.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None if place.matches(':').count() > 1 => &place,
        None => place.split(':').next().unwrap_or_default(),
    };
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => is_localhost(&host.to_ascii_lowercase()),
    }
}

fn is_localhost(name: &str) -> bool {
    // A dot at the end says that the name is complete.
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

fn unescaped(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> DatabaseUrl {
        DatabaseUrl::parse(text).unwrap()
    }

    #[test]
    fn the_database_is_replaced_and_the_rest_kept() {
        let given = url("postgres://me:p%40ss@db.example:5433/shop?sslmode=require");
        assert_eq!(
            given.with_database("hemera_dev").expose(),
            "postgres://me:p%40ss@db.example:5433/hemera_dev?sslmode=require"
        );
        assert_eq!(given.database(), "shop");
    }

    #[test]
    fn login_and_role_change_and_the_place_stays() {
        let given = url("postgres://me:p@db.example:5433/shop?sslmode=require");
        assert_eq!(
            given.with_user("you").expose(),
            "postgres://you:p@db.example:5433/shop?sslmode=require"
        );
        assert_eq!(
            given.with_role("clerk").expose(),
            "postgres://me:p@db.example:5433/shop?sslmode=require&options=-c%20role%3Dclerk"
        );
        assert_eq!(
            url("postgres:///shop").with_role("clerk").expose(),
            "postgres:///shop?options=-c%20role%3Dclerk"
        );
    }

    #[test]
    fn url_without_optional_parts_is_read() {
        let bare = url("postgresql://localhost");
        assert_eq!(bare.with_database("a").expose(), "postgresql://localhost/a");
        assert_eq!(url("postgres:///a").expose(), "postgres:///a");
    }

    #[test]
    fn the_password_is_handed_over_unescaped_and_never_printed() {
        let given = url("postgres://me:p%40ss@localhost/shop?password=other");
        assert_eq!(given.password().as_deref(), Some("p@ss"));
        assert_eq!(
            given.without_password(),
            "postgres://me@localhost/shop?password=other"
        );
        assert_eq!(
            format!("{given} {given:?}"),
            "localhost/shop DatabaseUrl(localhost/shop)"
        );
    }

    #[test]
    fn loopback_hosts_are_recognised_and_others_are_not() {
        for text in [
            "postgres://localhost/a",
            "postgres://me@127.0.0.1:5432/a",
            "postgres://127.8.9.1/a",
            "postgres://LOCALHOST/a",
            "postgres://localhost.:5432/a",
            "postgres://db.localhost/a",
            "postgres://[::ffff:127.0.0.1]/a",
            "postgres://[::1]:5432/a",
            "postgres:///a",
            "postgres://%2Fvar%2Frun/a",
            "postgres:///a?host=/var/run/postgresql",
        ] {
            assert!(url(text).is_loopback(), "{text}");
        }
        for text in [
            "postgres://db/a",
            "postgres://10.0.0.1:5432/a",
            "postgres://localhost,db/a",
            "postgres://localhost/a?host=db",
            "postgres://localhost.example.com/a",
            "postgres://notlocalhost/a",
            "postgres://[::ffff:10.0.0.1]/a",
            "postgres://127.0.0.1@db/a",
        ] {
            assert!(!url(text).is_loopback(), "{text}");
        }
    }

    #[test]
    fn other_urls_are_refused_without_being_repeated() {
        for text in ["mysql://me:secret@localhost/a", "localhost:secret", ""] {
            let error = DatabaseUrl::parse(text).unwrap_err().to_string();
            assert!(error.contains("expected postgres://"), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
