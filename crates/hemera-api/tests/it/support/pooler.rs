//! A stand-in for a pooler in transaction mode that keeps no track of prepared statements: real sessions of PostgreSQL, given
//! to whichever connection begins a transaction.
//!
//! Each connection that comes in brings a session with it: its login is passed on, and from then on the session belongs to
//! all. A session is taken with the first message of a transaction, and is free again when PostgreSQL has answered every
//! question and says that no transaction is open.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Semaphore};

/// Which of the free sessions is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// The one that was used last, as PgBouncer does.
    LastUsed,
    /// The one that has waited longest, as PgBouncer does with `server_round_robin`.
    LongestFree,
}

/// A pooler that ends with its test.
#[derive(Debug)]
pub(crate) struct TransactionPooler {
    address: SocketAddr,
}

/// The sessions that no transaction uses.
#[derive(Debug)]
struct Free {
    order: Order,
    sessions: Mutex<VecDeque<TcpStream>>,
    count: Semaphore,
    /// How many more there may be.
    room: Semaphore,
}

impl Free {
    async fn take(&self) -> TcpStream {
        self.count.acquire().await.unwrap().forget();
        let mut sessions = self.sessions.lock().await;
        match self.order {
            Order::LastUsed => sessions.pop_back(),
            Order::LongestFree => sessions.pop_front(),
        }
        .unwrap()
    }

    async fn give(&self, session: TcpStream) {
        self.sessions.lock().await.push_back(session);
        self.count.add_permits(1);
    }
}

impl TransactionPooler {
    /// Listens for connections to `upstream`, `host:port`. It has at most so many sessions: further connections wait for a
    /// free one with their first transaction.
    pub(crate) async fn start(upstream: String, order: Order, most: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let free = Arc::new(Free {
            order,
            sessions: Mutex::default(),
            count: Semaphore::new(0),
            room: Semaphore::new(most),
        });
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, upstream.clone(), Arc::clone(&free)));
            }
        });
        Self { address }
    }

    /// The same database through this pooler.
    pub(crate) fn url(&self, url: &str) -> String {
        let mut url = url::Url::parse(url).unwrap();
        url.set_ip_host(self.address.ip()).unwrap();
        url.set_port(Some(self.address.port())).unwrap();
        url.into()
    }
}

async fn serve(mut client: TcpStream, upstream: String, free: Arc<Free>) -> Option<()> {
    let session = log_in(&mut client, upstream).await?;
    if let Ok(room) = free.room.try_acquire() {
        room.forget();
        free.give(session).await;
    }
    loop {
        // Only a connection with something to say takes a session.
        let first = message(&mut client).await?;
        if first[0] == b'X' {
            return Some(());
        }
        let mut session = free.take().await;
        let ended = transaction(&mut client, &mut session, first).await;
        // A session in the middle of a transaction is of no use to others.
        if ended.is_some() {
            free.give(session).await;
        }
        ended?;
    }
}

/// Passes on a login, without encryption, until PostgreSQL is ready.
async fn log_in(client: &mut TcpStream, upstream: String) -> Option<TcpStream> {
    const WISH_FOR_TLS: i32 = 80_877_103;
    let mut session = TcpStream::connect(upstream).await.unwrap();
    let startup = loop {
        let length = client.read_i32().await.ok()?;
        let mut rest = vec![0; usize::try_from(length).unwrap() - 4];
        client.read_exact(&mut rest).await.ok()?;
        if rest[..4] != WISH_FOR_TLS.to_be_bytes() {
            break [&length.to_be_bytes()[..], &rest].concat();
        }
        client.write_all(b"N").await.ok()?;
    };
    session.write_all(&startup).await.ok()?;
    loop {
        let (from_client, message) = next(client, &mut session).await?;
        if from_client {
            session.write_all(&message).await.ok()?;
            continue;
        }
        client.write_all(&message).await.ok()?;
        if message[0] == b'Z' {
            return Some(session);
        }
    }
}

/// Carries messages both ways until the transaction that `first` begins has ended.
async fn transaction(client: &mut TcpStream, session: &mut TcpStream, first: Vec<u8>) -> Option<()> {
    // `Q` and `S` are each answered by one `Z`, which says whether a transaction is open.
    let is_question = |message: &[u8]| matches!(message[0], b'Q' | b'S');
    let mut unanswered = usize::from(is_question(&first));
    session.write_all(&first).await.ok()?;
    loop {
        let (from_client, message) = next(client, session).await?;
        if from_client {
            unanswered += usize::from(is_question(&message));
            session.write_all(&message).await.ok()?;
            continue;
        }
        client.write_all(&message).await.ok()?;
        if message[0] == b'Z' {
            unanswered -= 1;
            if unanswered == 0 && message[5] == b'I' {
                return Some(());
            }
        }
    }
}

/// The next message of either side. Waits for its first byte without taking it, so that nothing is lost of the other side's.
async fn next(client: &mut TcpStream, session: &mut TcpStream) -> Option<(bool, Vec<u8>)> {
    let (mut of_session, mut of_client) = ([0], [0]);
    let from_client = tokio::select! {
        biased;
        peeked = session.peek(&mut of_session) => { peeked.ok()?; false }
        peeked = client.peek(&mut of_client) => { peeked.ok()?; true }
    };
    let message = if from_client {
        message(client).await?
    } else {
        message(session).await?
    };
    Some((from_client, message))
}

/// A whole message: its kind, its length, its content.
async fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).await.ok()?;
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
    let mut message = head.to_vec();
    message.resize(usize::try_from(length).unwrap() + 1, 0);
    stream.read_exact(&mut message[5..]).await.ok()?;
    Some(message)
}
