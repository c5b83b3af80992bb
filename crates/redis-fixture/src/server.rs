//! A Redis as a test sees it.

use std::fmt;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use crate::Error;
use crate::endpoint::Endpoint;
use crate::keeper::Keeper;
use crate::program;

/// Another process may take the port between the check and the server's start.
const STARTS: u32 = 3;
/// How long a command of ours may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// A private `redis-server`. It ends when this is dropped, or with the process.
pub struct RedisServer {
    program: PathBuf,
    endpoint: Endpoint,
    keeper: Option<Keeper>,
}

impl RedisServer {
    /// Starts one on a loopback port of its own, and returns when it answers.
    pub fn start() -> Result<Self, Error> {
        let program = program::find()?;
        let mut tries = 0;
        loop {
            let endpoint = Endpoint::choose()?;
            tries += 1;
            match Keeper::start(&program, &endpoint) {
                Ok(keeper) => {
                    return Ok(Self {
                        program,
                        endpoint,
                        keeper: Some(keeper),
                    });
                }
                Err(Error::NotReady { said }) if said.contains("already in use") && tries < STARTS => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// `redis://:password@127.0.0.1:port/0`, the same for the whole life of the value.
    pub fn url(&self) -> String {
        self.endpoint.url()
    }

    /// The password in the URL, for tests that look for it where it must not be.
    pub fn password(&self) -> &str {
        &self.endpoint.password
    }

    /// Kills the server: open connections break, new ones are refused. What it held is gone.
    pub fn stop(&mut self) {
        self.keeper = None;
    }

    /// Starts it again under the same URL, empty. One that runs is stopped first.
    pub fn restart(&mut self) -> Result<(), Error> {
        self.stop();
        self.keeper = Some(Keeper::start(&self.program, &self.endpoint)?);
        Ok(())
    }

    /// Halts the process: connections stand and are accepted, and nothing is answered.
    pub fn freeze(&mut self) -> Result<(), Error> {
        self.keeper.as_mut().ok_or(Error::Stopped)?.signal("STOP")
    }

    /// Lets a halted process go on, with all that it held.
    pub fn thaw(&mut self) -> Result<(), Error> {
        self.keeper.as_mut().ok_or(Error::Stopped)?.signal("CONT")
    }

    /// The product that this is, with its version, as it says itself: `redis 7.0.15`, `valkey 9.1.2`.
    pub fn product(&self) -> Result<String, Error> {
        let answer = self.ask("INFO server\r\nPING")?.map_while(Result::ok);
        let lines: Vec<String> = answer.take_while(|line| line != "+PONG").collect();
        let version = |name: &str| lines.iter().find_map(|line| line.strip_prefix(name));
        // Valkey also names the Redis that it can stand for.
        let valkey = version("valkey_version:").map(|version| format!("valkey {version}"));
        let redis = || version("redis_version:").map(|version| format!("redis {version}"));
        valkey.or_else(redis).ok_or_else(|| Error::Refused {
            command: "INFO",
            answer: lines.join(", "),
        })
    }

    /// Forgets every key.
    pub fn flush(&self) -> Result<(), Error> {
        let answer = self.ask("FLUSHALL")?.next().and_then(Result::ok);
        match answer.as_deref() {
            Some("+OK") => Ok(()),
            other => Err(Error::Refused {
                command: "FLUSHALL",
                answer: other.unwrap_or_default().to_owned(),
            }),
        }
    }

    /// Sends one command as the password's owner, and gives the lines of its answer.
    fn ask(&self, command: &str) -> Result<Lines<BufReader<TcpStream>>, Error> {
        self.keeper.as_ref().ok_or(Error::Stopped)?;
        let connect = TcpStream::connect((Ipv4Addr::LOCALHOST, self.endpoint.port));
        let mut stream = connect.map_err(Error::io("connecting to redis-server"))?;
        stream
            .set_read_timeout(Some(COMMAND_TIMEOUT))
            .map_err(Error::io("setting a time-out"))?;
        let asked = format!("AUTH {}\r\n{command}\r\n", self.endpoint.password);
        stream
            .write_all(asked.as_bytes())
            .map_err(Error::io("asking redis-server"))?;
        let mut answers = BufReader::new(stream).lines();
        let answer = answers.next().and_then(Result::ok).unwrap_or_default();
        if answer == "+OK" {
            Ok(answers)
        } else {
            Err(Error::Refused {
                command: "AUTH",
                answer,
            })
        }
    }
}

impl fmt::Debug for RedisServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisServer")
            .field("port", &self.endpoint.port)
            .field("runs", &self.keeper.is_some())
            .finish_non_exhaustive()
    }
}
