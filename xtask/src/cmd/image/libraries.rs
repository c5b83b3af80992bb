//! What a program is linked with: the loader and the libraries that its ELF headers name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use elf::ElfBytes;
use elf::abi::{DT_NEEDED, PT_INTERP};
use elf::endian::AnyEndian;

/// Where the loaders of Linux look for libraries, with `TRIPLE` for the architecture's name.
const FOLDERS: [&str; 6] = [
    "/lib/TRIPLE",
    "/usr/lib/TRIPLE",
    "/lib64",
    "/usr/lib64",
    "/lib",
    "/usr/lib",
];

/// The loader and every library that the program needs, itself or through another one, where they lie on this machine.
///
/// # Errors
/// If a file is no ELF file, or a library is in none of the usual folders.
pub(super) fn of(program: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut unread = vec![program.to_path_buf()];
    while let Some(file) = unread.pop() {
        let Headers { loader, needed } = Headers::read(&file)?;
        if let Some(loader) = loader {
            found.insert(loader);
        }
        for name in needed {
            // The C library names the loader too, which lies in a folder of its own.
            if found.iter().any(|file| file.ends_with(&name)) {
                continue;
            }
            let library = find(&name).with_context(|| format!("{} needs it", file.display()))?;
            found.insert(library.clone());
            unread.push(library);
        }
    }
    Ok(found)
}

/// What the headers of a file name.
struct Headers {
    loader: Option<PathBuf>,
    needed: Vec<String>,
}

impl Headers {
    fn read(file: &Path) -> Result<Self> {
        let bytes = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
        Self::parse(&bytes).with_context(|| format!("{} is no program of this system", file.display()))
    }

    fn parse(bytes: &[u8]) -> Result<Self> {
        let file = ElfBytes::<AnyEndian>::minimal_parse(bytes)?;
        let mut loader = None;
        for segment in file.segments().into_iter().flatten() {
            if segment.p_type == PT_INTERP {
                let path = std::str::from_utf8(file.segment_data(&segment)?)?;
                loader = Some(PathBuf::from(path.trim_end_matches('\0')));
            }
        }
        let mut needed = Vec::new();
        if let (Some(dynamic), Some((_, names))) = (file.dynamic()?, file.dynamic_symbol_table()?) {
            for entry in dynamic.iter().filter(|entry| entry.d_tag == DT_NEEDED) {
                needed.push(names.get(usize::try_from(entry.d_val())?)?.to_owned());
            }
        }
        Ok(Self { loader, needed })
    }
}

fn find(library: &str) -> Result<PathBuf> {
    let triple = format!("{}-linux-gnu", std::env::consts::ARCH);
    let mut files = FOLDERS
        .iter()
        .map(|folder| Path::new(&folder.replace("TRIPLE", &triple)).join(library));
    match files.find(|file| file.is_file()) {
        Some(file) => Ok(file),
        None => bail!("{library} is in none of the usual folders"),
    }
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::*;

    #[test]
    fn a_program_needs_its_loader_and_its_libraries() {
        let all = of(&std::env::current_exe().unwrap()).unwrap();
        let has = |begin: &str| {
            let names = all.iter().filter_map(|file| file.file_name()?.to_str());
            names.filter(|name| name.starts_with(begin)).count() == 1
        };
        assert!(
            has("ld-linux") && has("libc.so.") && has("libgcc_s.so."),
            "{all:?}"
        );
    }

    #[test]
    fn what_is_no_program_is_refused() {
        let error = of(Path::new(env!("CARGO_MANIFEST_PATH"))).unwrap_err();
        assert!(error.to_string().contains("no program"), "{error}");
    }
}
