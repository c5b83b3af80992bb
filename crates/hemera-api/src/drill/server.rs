//! The server under the drill, as a caller sees it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use freshness::{Clock, Moment, SystemClock};
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::sleep;
use url::Url;

use crate::admin::Failure;
use crate::version::VERSION;

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How many requests are made in the time of a bound: that decides how exact a measurement is.
const REQUESTS_PER_BOUND: u32 = 30;
const SHORTEST_PAUSE: Duration = Duration::from_millis(25);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// After the response that was waited for the others come more rarely: refusals count against the limit of failures.
const RARER: u32 = 5;

/// What a change may take beyond its bound before it is given up.
const LEAST_PATIENCE: Duration = Duration::from_secs(5);

/// Where requests go.
pub(super) struct Server {
    http: reqwest::Client,
    origin: Url,
    courses: Url,
}

/// What a request proves itself with, and how often it was let in.
pub(super) struct CallerCredential {
    header: HeaderName,
    value: HeaderValue,
    admitted: AtomicU32,
    not_admitted: AtomicU32,
}

/// How the server responded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// 200
    Admitted,
    /// 401, 403: the caller is refused.
    Refused(u16),
    /// 5xx or no response: the server could not say.
    Unavailable(String),
    /// 429: no answer to the question, to be asked again after this.
    Limited(Duration),
    /// Anything else.
    Other(u16),
}

/// The response that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WantedAnswer {
    Admitted,
    Refused,
    Unavailable,
}

/// From a change until the server follows it.
#[derive(Clone, Debug)]
pub(super) struct Settled {
    /// From the change to the last request with another response than the wanted one; zero if there was none.
    /// `None` if the wanted one never came, or did not stay.
    pub(super) last_other: Option<Duration>,
    /// From the change to the first response that was wanted.
    pub(super) first: Option<Duration>,
    /// The last response.
    pub(super) answer: Answer,
}

impl CallerCredential {
    /// A token.
    pub(super) fn bearer(token: &SecretString) -> Result<Self, Failure> {
        Self::new(AUTHORIZATION, &format!("Bearer {}", token.expose_secret()))
    }

    /// A service key.
    pub(super) fn key(key: &SecretString) -> Result<Self, Failure> {
        Self::new(HeaderName::from_static("x-api-key"), key.expose_secret())
    }

    fn new(header: HeaderName, text: &str) -> Result<Self, Failure> {
        let mut value =
            HeaderValue::from_str(text).map_err(|_| "a credential has characters that no header has")?;
        value.set_sensitive(true);
        Ok(Self {
            header,
            value,
            admitted: AtomicU32::new(0),
            not_admitted: AtomicU32::new(0),
        })
    }

    /// How many requests with it were let in.
    pub(super) fn admitted(&self) -> u32 {
        self.admitted.load(Ordering::Relaxed)
    }

    /// How many requests with it failed, and how many there were; those over a rate limit do not count.
    pub(super) fn failed(&self) -> (u32, u32) {
        let failed = self.not_admitted.load(Ordering::Relaxed);
        (failed, failed + self.admitted())
    }
}

impl WantedAnswer {
    fn is(self, answer: &Answer) -> bool {
        match self {
            Self::Admitted => *answer == Answer::Admitted,
            Self::Refused => matches!(answer, Answer::Refused(_)),
            Self::Unavailable => matches!(answer, Answer::Unavailable(_)),
        }
    }
}

impl Server {
    /// The server at this origin. Tokens go there, so beyond this machine it has to be https.
    pub(super) fn at(origin: &Url) -> Result<Self, Failure> {
        let is_local = match origin.host() {
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => {
                return Err("--server is not an origin: give one such as https://hemera.example.com".into());
            }
        };
        match origin.scheme() {
            "https" => {}
            "http" if is_local => {}
            _ => {
                return Err(
                    "--server must begin with https://, because tokens are sent there; http:// is for this machine".into(),
                );
            }
        }
        let mut builder = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(format!("hemera-api-drill/{VERSION}"));
        if is_local {
            builder = builder.no_proxy();
        }
        let mut courses = origin.join("/api/service/courses")?;
        courses.set_query(Some("limit=1"));
        Ok(Self {
            http: builder.build()?,
            origin: origin.clone(),
            courses,
        })
    }

    /// As it was given.
    pub(super) fn origin(&self) -> &str {
        self.origin.as_str().trim_end_matches('/')
    }

    /// One request with this credential.
    pub(super) async fn ask(&self, credential: &CallerCredential) -> Answer {
        let answer = self.send(credential).await;
        let count = match answer {
            Answer::Admitted => &credential.admitted,
            Answer::Limited(_) => return answer,
            _ => &credential.not_admitted,
        };
        count.fetch_add(1, Ordering::Relaxed);
        answer
    }

    async fn send(&self, credential: &CallerCredential) -> Answer {
        let request = self
            .http
            .get(self.courses.clone())
            .header(credential.header.clone(), credential.value.clone());
        match request.send().await {
            Ok(response) => {
                let answer = answer(&response);
                // The connection is used again only where the response was read.
                let _ = response.bytes().await;
                answer
            }
            Err(error) => Answer::Unavailable(without_response(&error).to_owned()),
        }
    }

    /// Asks until the server lets the credential in, before anything is changed.
    ///
    /// # Errors
    /// If it does not within a few seconds.
    pub(super) async fn admits(&self, credential: &CallerCredential, who: &str) -> Result<(), Failure> {
        let settled = self
            .settles(
                credential,
                WantedAnswer::Admitted,
                SystemClock.now(),
                Duration::ZERO,
            )
            .await;
        if settled.first.is_some() {
            return Ok(());
        }
        Err(format!(
            "{} answers {who} with {}: a drill begins with a server that lets it in; check --server, and that its settings \
             name the same Clerk",
            self.origin(),
            settled.answer
        )
        .into())
    }

    /// Asks again and again, from a change on, until the bound has passed and the wanted response has come and stayed.
    ///
    /// It goes on until the bound: behind a proxy there may be several servers, of which each follows in its time.
    pub(super) async fn settles(
        &self,
        credential: &CallerCredential,
        wanted: WantedAnswer,
        change: Moment,
        bound: Duration,
    ) -> Settled {
        let pause = (bound / REQUESTS_PER_BOUND).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
        let given_up = bound + bound.max(LEAST_PATIENCE);
        let (mut first, mut last_other, mut in_a_row) = (None, Duration::ZERO, 0_u32);
        loop {
            let sent = SystemClock.now().since(change);
            let answer = self.ask(credential).await;
            let came = SystemClock.now().since(change);
            if let Answer::Limited(wait) = answer {
                if came > given_up {
                    return Settled {
                        last_other: None,
                        first,
                        answer,
                    };
                }
                sleep(wait).await;
                continue;
            }
            if wanted.is(&answer) {
                first = first.or(Some(came));
                in_a_row += 1;
            } else {
                last_other = sent;
                in_a_row = 0;
            }
            if in_a_row >= 3 && came >= bound {
                return Settled {
                    last_other: Some(last_other),
                    first,
                    answer,
                };
            }
            if came > given_up {
                return Settled {
                    last_other: None,
                    first,
                    answer,
                };
            }
            sleep(if in_a_row > 0 && came < bound {
                pause * RARER
            } else {
                pause
            })
            .await;
        }
    }
}

fn answer(response: &reqwest::Response) -> Answer {
    match response.status() {
        StatusCode::OK => Answer::Admitted,
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Answer::Refused(status.as_u16()),
        StatusCode::TOO_MANY_REQUESTS => {
            let after = response.headers().get(RETRY_AFTER);
            let after = after.and_then(|value| value.to_str().ok()?.parse().ok());
            Answer::Limited(Duration::from_secs(after.unwrap_or(1)).min(Duration::from_mins(1)))
        }
        status if status.is_server_error() => Answer::Unavailable(status.as_u16().to_string()),
        status => Answer::Other(status.as_u16()),
    }
}

fn without_response(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no response in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "no whole response"
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Admitted => f.write_str("200"),
            Self::Refused(status) | Self::Other(status) => write!(f, "{status}"),
            Self::Unavailable(what) => f.write_str(what),
            Self::Limited(_) => f.write_str("429"),
        }
    }
}
