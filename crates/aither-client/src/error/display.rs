//! The text of an error: the operation, what happened, what to do, and the request id.

use std::fmt::{self, Display, Formatter, Write as _};

use hemera_types::{ErrorCode, Open};
use http::StatusCode;

use super::{Error, Kind};

/// Texts from the server are cut to this many characters and stripped of control characters, because they appear in our
/// log lines.
const MAX_FOREIGN_TEXT: usize = 300;

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.summary(), self.advice())?;
        match self.request() {
            Some(request) => write!(f, " ({request})"),
            None => Ok(()),
        }
    }
}

/// The parts of the text.
impl Error {
    /// What happened, in one line, without the [advice](Self::advice).
    pub fn summary(&self) -> String {
        fmt::from_fn(|f| self.write_summary(f)).to_string()
    }

    /// What to do about it, in one line.
    pub fn advice(&self) -> String {
        match &self.0.kind {
            Kind::Setup(cause) => foreign(&cause.to_string()),
            Kind::NoToken(unavailable) => foreign(&unavailable.detail()),
            Kind::NotSignedOut(error) => foreign(&error.to_string()),
            Kind::Invalid(_) => "correct it and call again".to_owned(),
            Kind::NotConnected(Some(fault)) => fault.remedy().to_owned(),
            Kind::NotConnected(None) => {
                "check HEMERA_API_BASE_URL and the network, then try again".to_owned()
            }
            Kind::Broken => "try again; the same request gives the same result".to_owned(),
            Kind::TimedOut => {
                "try again (the same request gives the same result), or give calls a longer deadline"
                    .to_owned()
            }
            Kind::OutOfTime { .. } => self.advice_on_time().to_owned(),
            Kind::Paced { is_paused: false } => {
                format!("the next slot is free in {}: send fewer requests", self.wait())
            }
            Kind::Paced { is_paused: true } | Kind::CircuitOpen => format!("ask again in {}", self.wait()),
            Kind::NotSendable | Kind::TooLarge { .. } => {
                "check that HEMERA_API_BASE_URL points to Hemera".to_owned()
            }
            Kind::Undecodable { .. } => {
                "check that HEMERA_API_BASE_URL points to Hemera and that both speak contract 1.0".to_owned()
            }
            Kind::Answered { status, .. } => self.advice_on(*status),
        }
    }

    /// The request id and the number of attempts, if this is the error of a call.
    pub(crate) fn request(&self) -> Option<String> {
        let request_id = self.0.request_id.as_ref()?;
        Some(match self.0.attempts {
            0 => format!("request {request_id}, nothing sent"),
            1 => format!("request {request_id}, 1 attempt"),
            many => format!("request {request_id}, {many} attempts"),
        })
    }

    fn write_summary(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            let spec = operation.spec();
            write!(f, "{} {}: ", spec.method, spec.path)?;
        }
        self.write_kind(f)?;
        if self.0.is_out_of_retries {
            f.write_str(", and not tried again because too many calls fail")?;
        }
        Ok(())
    }

    fn write_kind(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            Kind::Setup(_) => f.write_str("the client cannot be built"),
            Kind::Invalid(faults) => write!(f, "not sent, because {faults}"),
            Kind::NoToken(_) => f.write_str("no token could be fetched"),
            Kind::NotSignedOut(_) => f.write_str("the session of the token source could not be ended"),
            Kind::NotConnected(Some(fault)) => write!(f, "Hemera cannot be reached, because {fault}"),
            Kind::NotConnected(None) => f.write_str("Hemera cannot be reached"),
            Kind::Broken => f.write_str("the connection to Hemera broke"),
            Kind::TimedOut => f.write_str("no answer in time"),
            Kind::OutOfTime { deadline } => write!(
                f,
                "the deadline of {:.1} s passed ({})",
                deadline.as_secs_f64(),
                self.0.time_spent
            ),
            Kind::Paced { is_paused: false } => {
                f.write_str("the pacing gate has no free slot before the deadline")
            }
            Kind::Paced { is_paused: true } => {
                f.write_str("Hemera asks all calls to wait, for longer than the deadline")
            }
            Kind::CircuitOpen => f.write_str("not sent, because Hemera keeps failing"),
            Kind::NotSendable => f.write_str("the request could not be written"),
            Kind::TooLarge { limit } => write!(f, "the response is larger than {limit} bytes"),
            Kind::Undecodable { path, .. } => {
                write!(f, "the response cannot be decoded at {}", foreign(path))
            }
            Kind::Answered {
                status,
                code,
                message,
                fields,
            } => {
                write!(f, "{}", status.as_u16())?;
                match (code, message) {
                    (Some(code), _) if !fields.fields.is_empty() => {
                        write!(f, " {}, {}", foreign(code.name()), foreign(&fields.to_string()))
                    }
                    // The default message says no more than the code.
                    (Some(code), Some(message)) if is_default(code, message) => write!(f, " {code}"),
                    (Some(code), Some(message)) => {
                        write!(f, " {}, {}", foreign(code.name()), foreign(message))
                    }
                    _ => write!(
                        f,
                        " {}, not in Hemera's format",
                        status.canonical_reason().unwrap_or("")
                    ),
                }
            }
        }
    }

    /// Depends on what took most of the time.
    fn advice_on_time(&self) -> &'static str {
        let spent = self.0.time_spent;
        let most = spent
            .pacing
            .max(spent.token)
            .max(spent.attempts)
            .max(spent.retries);
        if most == spent.attempts || most == spent.retries {
            "try again (the same request gives the same result), or give calls a longer deadline"
        } else if most == spent.token {
            "check the token source, or give calls a longer deadline"
        } else {
            "send fewer requests, or give calls a longer deadline"
        }
    }

    fn advice_on(&self, status: StatusCode) -> String {
        match status {
            StatusCode::UNAUTHORIZED => {
                "check that the credential belongs to the Clerk instance, or is a key, that Hemera trusts"
            }
            StatusCode::FORBIDDEN => {
                "ask Hemera's operators whether this user has the role api-client and this address is allowed"
            }
            StatusCode::NOT_FOUND if self.code().is_none() => "check HEMERA_API_BASE_URL",
            StatusCode::NOT_FOUND => "check the id",
            StatusCode::METHOD_NOT_ALLOWED => "check that client and server speak contract 1.0",
            StatusCode::PRECONDITION_FAILED => {
                "another caller has written in between and nothing was written now: read it again, decide, and repeat"
            }
            StatusCode::NOT_MODIFIED => {
                "a cache between this client and Hemera answers by itself: let it pass on /api/service"
            }
            StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                "correct the request and call again"
            }
            StatusCode::TOO_MANY_REQUESTS => return format!("ask again in {}", self.wait()),
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                return format!("try again in {}", self.wait());
            }
            status if status.is_redirection() => {
                "redirects are not followed: set HEMERA_API_BASE_URL to the address that they lead to"
            }
            _ => "give the request id to Hemera's operators",
        }
        .to_owned()
    }

    fn wait(&self) -> String {
        match self.0.retry_after {
            Some(wait) if wait != std::time::Duration::MAX => {
                format!("{:.1} s", wait.as_secs_f64())
            }
            _ => "a while".to_owned(),
        }
    }
}

fn is_default(code: &Open<ErrorCode>, message: &str) -> bool {
    code.known().is_some_and(|code| code.default_message() == message)
}

/// A text from another program, made fit for one line.
fn foreign(text: &str) -> String {
    let mut line = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == MAX_FOREIGN_TEXT {
            let _ = line.write_char('…');
            break;
        }
        line.push(if character.is_control() { ' ' } else { character });
    }
    line
}
