//! The metrics of a client, served to a Prometheus as an application does.

use std::fmt::Write as _;
use std::sync::Arc;

use aither_client::HemeraClient;
use aither_client::prometheus_client::encoding::text::encode;
use aither_client::prometheus_client::registry::Registry;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// A server of metrics. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Exposition {
    url: Url,
    serving: JoinHandle<()>,
}

impl Exposition {
    /// Serves the figures of this client.
    pub(super) async fn of(client: &HemeraClient) -> anyhow::Result<Self> {
        let mut registry = Registry::default();
        client.register_metrics(&mut registry);
        let registry = Arc::new(registry);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = Url::parse(&format!("http://{}/metrics", listener.local_addr()?))?;
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A reader that went away reads the next time.
                let _ = answer(stream, &registry).await;
            }
        });
        Ok(Self { url, serving })
    }

    /// Where it is.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }
}

impl Drop for Exposition {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Whatever is asked, the answer is all of it.
async fn answer(mut stream: TcpStream, registry: &Registry) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let mut text = String::new();
    encode(&mut text, registry).map_err(std::io::Error::other)?;
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(text.as_bytes()).await
}

/// A text in `OpenMetrics` as promtool's linter reads it: a family is called as its samples are, and there are no units, no
/// exemplars and no end.
pub(super) fn plain(open_metrics: &str) -> String {
    let mut plain = String::new();
    let mut help = None;
    for line in open_metrics.lines() {
        if let Some(text) = line.strip_prefix("# HELP ") {
            help = text.split_once(' ').map(|(_, help)| help);
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|text| text.split_once(' '))
        {
            let (name, kind) = match kind {
                "counter" => (format!("{name}_total"), kind),
                "info" => (format!("{name}_info"), "gauge"),
                _ => (name.to_owned(), kind),
            };
            let help = help.take().unwrap_or_default();
            // Writing to a text cannot fail.
            let _ = writeln!(plain, "# HELP {name} {help}\n# TYPE {name} {kind}");
        } else if !line.starts_with('#') {
            plain.push_str(line.split(" # ").next().unwrap_or(line));
            plain.push('\n');
        }
    }
    plain
}
