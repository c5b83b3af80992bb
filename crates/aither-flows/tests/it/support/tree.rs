//! A directory as it is.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Every entry below a directory by its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tree(pub(crate) BTreeMap<String, Node>);

/// What an entry is, and what a write would change of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) mode: u32,
    inode: u64,
    modified: (i64, i64),
    changed: (i64, i64),
    pub(crate) content: Option<Vec<u8>>,
}

impl Tree {
    pub(crate) fn of(directory: &Path) -> Self {
        let mut nodes = BTreeMap::new();
        add(directory, directory, &mut nodes);
        Self(nodes)
    }

    /// The paths of all files but the lock.
    pub(crate) fn files(&self) -> Vec<&str> {
        let files = self
            .0
            .iter()
            .filter(|(path, node)| node.content.is_some() && *path != ".lock");
        files.map(|(path, _)| path.as_str()).collect()
    }

    /// Paths of files whose bytes are different in the other one, or that only one of them has. Without the manifest.
    pub(crate) fn difference(&self, other: &Self) -> Vec<String> {
        let paths: std::collections::BTreeSet<&String> = self.0.keys().chain(other.0.keys()).collect();
        let content = |tree: &Self, path: &String| tree.0.get(path).map(|node| node.content.clone());
        let changed = paths
            .into_iter()
            .filter(|path| content(self, path) != content(other, path));
        changed.filter(|path| *path != "manifest.json").cloned().collect()
    }

    /// Whether any file contains this text.
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.0.values().any(|node| {
            let content = node.content.as_deref().unwrap_or_default();
            content
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        })
    }

    /// Asserts that the manifest names exactly the files that there are, with their hashes, and that nothing else is there.
    #[track_caller]
    pub(crate) fn assert_true_manifest(&self) {
        let manifest: Value =
            serde_json::from_slice(self.0["manifest.json"].content.as_deref().unwrap()).unwrap();
        let mut expected = vec!["manifest.json".to_owned()];
        expected.extend(self.assert_files_of(&manifest));
        expected.sort();
        let mut files = self.files();
        files.sort_unstable();
        assert_eq!(files, expected);
        assert!(!manifest["fullPass"]["finishedAt"].is_null());
    }

    /// Asserts that every file that the manifest names is there with its hash, and returns their paths.
    #[track_caller]
    pub(crate) fn assert_files_of(&self, manifest: &Value) -> Vec<String> {
        let mut paths = Vec::new();
        for (id, course) in manifest["courses"].as_object().into_iter().flatten() {
            for (name, file) in course["files"].as_object().unwrap() {
                let path = format!("courses/{id}/{name}");
                let content = self.0.get(&path).and_then(|node| node.content.as_deref());
                let content = content.unwrap_or_else(|| panic!("{path} is missing"));
                assert_eq!(file["sha256"], hex::encode(Sha256::digest(content)), "{path}");
                assert!(file["etag"].is_string(), "{path} has no entity tag");
                paths.push(path);
            }
        }
        paths
    }
}

/// Whether this is what a file is called before it is in its place.
pub(crate) fn is_temporary(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "new")
}

/// A file of JSON.
pub(crate) fn content(directory: &Path, path: &str) -> Value {
    let text = fs::read(directory.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_slice(&text).unwrap()
}

fn add(root: &Path, directory: &Path, nodes: &mut BTreeMap<String, Node>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let metadata = fs::symlink_metadata(&path).unwrap();
        let node = Node {
            mode: metadata.mode() & 0o7777,
            inode: metadata.ino(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            content: metadata.is_file().then(|| fs::read(&path).unwrap()),
        };
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        nodes.insert(name, node);
        if metadata.is_dir() {
            add(root, &path, nodes);
        }
    }
}
