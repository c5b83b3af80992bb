//! Proxies and authorities of one's own: every request takes the way that the settings say, to Hemera and to Clerk.

mod environment;
mod faults;
mod settings;

use std::ffi::OsString;

use aither_client::network::{Network, Proxy};
use aither_client::{HemeraClient, HemeraClientBuilder, SecretString, StaticServiceKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clerk::{BackendApi, FrontendApi, Machine, MachineKey, SecretKey};
use tempfile::TempDir;

use crate::machine;
use crate::support::{
    Authority, Clerk, ConnectProxy, Reply, SERVICE_USER, Server, TlsFront, course_page, list,
};

/// User and password of the proxy, as its address and its header have them.
const CREDENTIALS: &str = "aither:p%40ss-word@";
const AUTHORIZATION: &str = "Basic YWl0aGVyOnBAc3Mtd29yZA==";

/// Hemera and Clerk behind TLS of an own authority, reached through a proxy alone: no resolver knows their names.
struct Company {
    clerk: Clerk,
    hemera: Server,
    authority: Authority,
    proxy: ConnectProxy,
    directory: TempDir,
    _fronts: [TlsFront; 2],
}

impl Company {
    async fn new() -> Self {
        Self::with(machine::clerk().await).await
    }

    async fn with(clerk: Clerk) -> Self {
        // The only page, so that a program that reads all of them ends.
        let mut page = course_page();
        page["pagination"]["total"] = 1.into();
        let hemera = Server::always(Reply::json(200, page)).await;
        let authority = Authority::new();
        let fronts = [
            authority.front("hemera.test", hemera.origin()).await,
            authority.front("clerk.test", &clerk.base_url()).await,
        ];
        let hosts = [
            ("hemera.test:443", fronts[0].address()),
            ("clerk.test:443", fronts[1].address()),
        ];
        let proxy = ConnectProxy::start(hosts, Some(AUTHORIZATION)).await;
        let directory = TempDir::new().unwrap();
        std::fs::write(directory.path().join("ca.pem"), authority.pem()).unwrap();
        Self {
            clerk,
            hemera,
            authority,
            proxy,
            directory,
            _fronts: fronts,
        }
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    /// The settings, of which `more` replaces some; an empty value removes one.
    fn settings(&self, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("HEMERA_API_BASE_URL", "https://hemera.test".to_owned()),
            ("CLERK_API_URL", "https://clerk.test".to_owned()),
            ("CLERK_ISSUER", "https://clerk.test".to_owned()),
            ("CLERK_SECRET_KEY", self.clerk.secret_key()),
            ("CLERK_MACHINE_SECRET_KEY", machine::KEY.to_owned()),
            ("CLERK_SERVICE_USER_EMAIL", SERVICE_USER.to_owned()),
            ("HEMERA_API_KEY", "hk_a-service-key".to_owned()),
            ("AITHER_SESSION_FILE", self.path("session.json")),
            ("AITHER_PROXY_URL", self.proxy.url(CREDENTIALS)),
            ("AITHER_CA_FILE", self.path("ca.pem")),
        ];
        for (name, value) in more {
            settings.retain(|(known, _)| known != name);
            settings.push((name, (*value).to_owned()));
        }
        settings
    }

    fn builder(&self, more: &[(&'static str, &str)]) -> HemeraClientBuilder {
        let settings = self.settings(more);
        let builder = HemeraClientBuilder::load_with(lookup(settings)).unwrap();
        builder.with_clock(self.clerk.clock.clone())
    }

    fn client(&self, more: &[(&'static str, &str)]) -> HemeraClient {
        self.builder(more).build().unwrap()
    }
}

fn lookup(settings: Vec<(&'static str, String)>) -> impl Fn(&str) -> Option<OsString> {
    move |name| {
        let mut found = settings.iter().filter(|(known, _)| *known == name);
        found.next().map(|(_, value)| OsString::from(value))
    }
}

#[tokio::test]
async fn every_method_reaches_hemera_and_clerk_through_the_proxy() {
    let company = Company::new().await;
    let ticket = company
        .clerk
        .ticket(SERVICE_USER, std::time::Duration::from_mins(5))
        .unwrap();
    for (method, hosts) in [
        ("ticket", &["clerk.test", "hemera.test"][..]),
        ("enrolled", &["clerk.test", "hemera.test"]),
        ("machine", &["clerk.test", "hemera.test"]),
        ("service-key", &["hemera.test"]),
    ] {
        let before = company.proxy.heads().len();
        let more = [
            ("AITHER_AUTH", method),
            ("CLERK_SERVICE_USER_SIGNIN_TOKEN", &ticket),
        ];
        let client = company.client(&more);
        list(&client).await.unwrap();
        let mut asked: Vec<String> = company.proxy.heads().split_off(before);
        asked.sort_unstable();
        asked.dedup();
        let lines = asked.iter().map(|head| head.lines().next().unwrap());
        let expected = hosts.iter().map(|host| format!("CONNECT {host}:443 HTTP/1.1"));
        assert!(lines.eq(expected), "{method}: {asked:#?}");
    }
}

#[tokio::test]
async fn proxy_sees_the_hosts_and_its_own_credentials_only() {
    let company = Company::new().await;
    let client = company.client(&[]);
    list(&client).await.unwrap();
    let bearer = company.hemera.only().bearer().to_owned();
    assert!(bearer.len() > 100, "a JWT: {bearer}");
    for head in company.proxy.heads() {
        let names: Vec<_> = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .collect();
        for (name, value) in names {
            match name.to_ascii_lowercase().as_str() {
                "proxy-authorization" => assert_eq!(value, AUTHORIZATION),
                "host" => assert!(head.starts_with(&format!("CONNECT {value} "))),
                "user-agent" => {}
                other => panic!("{other} in {head}"),
            }
        }
    }
    let key = company.clerk.secret_key();
    for secret in [&*bearer, &key, "/api/service", "Bearer"] {
        assert!(!company.proxy.has_seen(secret), "{secret}");
    }
    assert!(company.proxy.has_seen(AUTHORIZATION));
}

#[tokio::test]
async fn credentials_of_the_proxy_go_no_further() {
    let company = Company::new().await;
    for method in ["ticket", "machine", "service-key"] {
        list(&company.client(&[("AITHER_AUTH", method)])).await.unwrap();
    }
    for seen in company.hemera.received() {
        assert!(!seen.headers.contains_key("proxy-authorization"), "{seen:?}");
    }
    let journal = ["GET", "POST"].map(|method| company.clerk.journal(method, "/**"));
    assert!(journal.iter().map(Vec::len).sum::<usize>() >= 5);
    let journal = format!("{journal:#?}").to_lowercase();
    for secret in ["proxy-authorization", "p@ss-word", "p%40ss-word", "ywl0agvyonba"] {
        assert!(!journal.contains(secret), "{secret}");
    }
}

/// The proxy would receive the credential in clear.
#[tokio::test]
async fn nothing_for_this_machine_goes_through_the_proxy() {
    let company = Company::new().await;
    let clerk = company.clerk.base_url();
    for hemera in [
        company.hemera.origin().to_owned(),
        company.hemera.origin().replace("127.0.0.1", "localhost"),
    ] {
        let local = [
            ("HEMERA_API_BASE_URL", &*hemera),
            ("CLERK_API_URL", &clerk),
            ("CLERK_ISSUER", &clerk),
        ];
        list(&company.client(&local)).await.unwrap();
    }
    assert!(company.proxy.heads().is_empty(), "{:?}", company.proxy.heads());
}

#[tokio::test]
async fn proxy_that_is_set_after_loading_is_in_force_for_clerk_too() {
    let company = Company::new().await;
    let builder = company.builder(&[("AITHER_PROXY_URL", "none")]);
    let unreachable = builder.clone().with_max_attempts(1).build().unwrap();
    list(&unreachable).await.unwrap_err();
    assert!(company.proxy.heads().is_empty());
    let proxy = Proxy::parse(&SecretString::from(company.proxy.url(CREDENTIALS))).unwrap();
    list(&builder.with_proxy(proxy).build().unwrap()).await.unwrap();
    assert_eq!(
        company.proxy.lines(),
        [
            "CONNECT clerk.test:443 HTTP/1.1",
            "CONNECT hemera.test:443 HTTP/1.1"
        ]
    );
}

#[test]
fn no_text_has_the_credentials_of_the_proxy() {
    let proxy = || {
        Proxy::parse(&SecretString::from(format!(
            "http://{CREDENTIALS}proxy.test:3128"
        )))
        .unwrap()
    };
    let network = Network::default().with_proxy(proxy());
    let url = || "https://clerk.test".parse().unwrap();
    let key = SecretKey::parse("sk_live_0123456789").unwrap();
    let machine = Machine::builder(MachineKey::parse(machine::KEY).unwrap());
    let frontend = FrontendApi::builder(url()).with_network(network.clone());
    let backend = BackendApi::builder(key).with_network(network.clone());
    let machine = machine.with_network(network.clone());
    let hemera = HemeraClient::builder(
        "https://hemera.test".parse().unwrap(),
        StaticServiceKey::parse("hk_1").unwrap(),
    )
    .with_proxy(proxy());
    let texts = [
        format!("{:#?} {:#?}", frontend, frontend.clone().build().unwrap()),
        format!("{:#?} {:#?}", backend, backend.clone().build().unwrap()),
        format!("{:#?} {:#?}", machine, machine.clone().build().unwrap()),
        format!("{:#?} {:#?}", hemera, hemera.clone().build().unwrap()),
        format!("{network} {network:#?}"),
    ];
    let encoded = STANDARD.encode("aither:p@ss-word");
    assert_eq!(AUTHORIZATION, format!("Basic {encoded}"));
    for text in &texts {
        for secret in ["p@ss-word", "p%40ss-word", &encoded, "aither:"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    assert!(
        texts[4].starts_with("through the proxy http://proxy.test:3128 "),
        "{}",
        texts[4]
    );
}
