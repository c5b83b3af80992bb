//! A registry on this machine: it serves what a test puts there, and notes what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

/// What stands under a path: its media type and its bytes.
type Pages = Mutex<BTreeMap<String, (&'static str, Vec<u8>)>>;

/// Ends with the test's process: its thread waits for connections and holds nothing else.
pub(crate) struct Registry {
    pub(crate) address: String,
    pages: Arc<Pages>,
    asked: Arc<Mutex<Vec<String>>>,
    folder: TempDir,
}

impl Registry {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let registry = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            pages: Arc::default(),
            asked: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
        };
        let (pages, asked) = (Arc::clone(&registry.pages), Arc::clone(&registry.asked));
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                answer(&connection.unwrap(), &pages, &asked);
            }
        });
        registry
    }

    /// Serves this at a path.
    pub(crate) fn put(&self, path: &str, media_type: &'static str, content: Vec<u8>) {
        self.pages
            .lock()
            .unwrap()
            .insert(path.to_owned(), (media_type, content));
    }

    /// What it was asked: the request's first line and its headers.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Where the program is to unpack to.
    pub(crate) fn target(&self) -> std::path::PathBuf {
        self.folder.path().join("unpacked")
    }

    /// The program, which knows of this registry and of no setting of the machine's.
    pub(crate) fn downloads(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_downloads"));
        command
            .args(arguments)
            .arg("--into")
            .arg(self.target())
            .env("HOME", self.folder.path())
            .env("npm_config_registry", &self.address)
            .env("PIP_INDEX_URL", format!("{}/simple", self.address))
            .env_remove("PIP_CONFIG_FILE");
        for name in [
            "HTTP_PROXY",
            "http_proxy",
            "HTTPS_PROXY",
            "https_proxy",
            "ALL_PROXY",
            "all_proxy",
        ] {
            command.env_remove(name);
        }
        command
    }
}

fn answer(connection: &TcpStream, pages: &Pages, asked: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(connection).lines();
    let head: Vec<String> = lines
        .by_ref()
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    let path = head
        .first()
        .and_then(|first| first.split(' ').nth(1))
        .unwrap_or_default()
        .to_owned();
    asked.lock().unwrap().push(head.join("\n"));
    let page = pages.lock().unwrap().get(&path).cloned();
    let (status, media_type, content) = page.map_or(
        ("404 Not Found", "text/plain", Vec::new()),
        |(media_type, content)| ("200 OK", media_type, content),
    );
    let mut connection = connection;
    // A program that has read enough may be gone.
    let _ = write!(
        connection,
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        content.len()
    );
    let _ = connection.write_all(&content);
}

/// A file for [`tar_gz`] or [`wheel`]: its path, mode and content.
pub(crate) type Entry = (&'static str, u32, &'static str);

/// A package of npm. Its paths are written as they are, even those that `tar` would refuse to write.
pub(crate) fn tar_gz(entries: &[Entry]) -> Vec<u8> {
    let zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut archive = tar::Builder::new(zipped);
    for (path, mode, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(content.len() as u64);
        header.set_mode(*mode);
        header.set_cksum();
        archive.append(&header, content.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

/// A wheel of PyPI.
pub(crate) fn wheel(entries: &[Entry]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, mode, content) in entries {
        let options = zip::write::SimpleFileOptions::default().unix_permissions(*mode);
        archive.start_file(*path, options).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

pub(crate) fn sha256(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

/// What the program wrote for a person.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
