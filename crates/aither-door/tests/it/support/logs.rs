//! Everything that any crate logs at any level while a test runs on this thread.
//!
//! The subscriber is global: a subscriber for one thread may miss events whose call sites other threads have reached
//! before. The runtime of a test has one thread, so what is logged on that thread belongs to the test.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::{Arc, Once};

use parking_lot::Mutex;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;

thread_local! {
    static RECORDING: RefCell<Option<Logs>> = const { RefCell::new(None) };
}

static INSTALLED: Once = Once::new();

#[derive(Clone, Default)]
pub(crate) struct Logs(Arc<Mutex<Vec<u8>>>);

/// Ends the recording when it is dropped.
pub(crate) struct Recording;

impl Logs {
    /// Records until the guard is dropped.
    pub(crate) fn record() -> (Self, Recording) {
        INSTALLED.call_once(|| {
            let recorded = dynamic_filter_fn(|_, _| RECORDING.with_borrow(Option::is_some));
            let lines = tracing_subscriber::fmt::layer()
                .with_ansi(false)
                .with_writer(|| Writer)
                .with_filter(recorded);
            tracing::subscriber::set_global_default(tracing_subscriber::registry().with(lines)).unwrap();
        });
        let logs = Self::default();
        RECORDING.set(Some(logs.clone()));
        (logs, Recording)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().clone()).unwrap()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        RECORDING.set(None);
    }
}

struct Writer;

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        RECORDING.with_borrow(|recording| {
            if let Some(logs) = recording {
                logs.0.lock().extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
