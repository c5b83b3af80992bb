//! Which files a directory has, and what is in them.

use aither_client::hemera_types::{
    BookedParticipation, CourseDetail, CourseId, CourseMaterials, Participant,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::course::Course;

/// The file that a run locks. It is empty and stays.
pub(super) const LOCK: &str = ".lock";
/// The file that says what all others contain.
pub(super) const MANIFEST: &str = "manifest.json";
/// The folder with a folder for each course.
pub(super) const COURSES: &str = "courses";

/// A file of a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum FileName {
    #[serde(rename = "course.json")]
    Course,
    #[serde(rename = "participants.json")]
    Participants,
    #[serde(rename = "materials.json")]
    Materials,
}

impl FileName {
    pub(super) const ALL: [Self; 3] = [Self::Course, Self::Participants, Self::Materials];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Course => "course.json",
            Self::Participants => "participants.json",
            Self::Materials => "materials.json",
        }
    }
}

/// What `participants.json` of a course contains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CourseParticipants {
    /// The course.
    pub course_id: CourseId,
    /// One row a booking, by booking time, then id. In a pseudonymous directory `name` and `imageUrl` are null.
    pub participants: Vec<Participant>,
    /// The same bookings with the times at which they were made.
    pub participations: Vec<BookedParticipation>,
}

impl CourseParticipants {
    /// The same without names and pictures.
    pub(super) fn without_names(mut self) -> Self {
        for participant in &mut self.participants {
            participant.name = None;
            participant.image_url = None;
        }
        self
    }
}

/// The content of a file with its name and hash.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) name: FileName,
    pub(super) bytes: Vec<u8>,
    pub(super) hash: Hash,
}

impl Content {
    fn of(name: FileName, value: &impl Serialize) -> serde_json::Result<Self> {
        let mut bytes = serde_json::to_vec_pretty(value)?;
        bytes.push(b'\n');
        let hash = Hash::of(&bytes);
        Ok(Self { name, bytes, hash })
    }

    /// The two files that are made of the details of a course.
    pub(super) fn of_detail(detail: CourseDetail, is_pseudonymous: bool) -> serde_json::Result<[Self; 2]> {
        let course = Self::of(FileName::Course, &Course::from(&detail))?;
        let participants = CourseParticipants {
            course_id: detail.id,
            participants: detail.participants,
            participations: detail.participations,
        };
        Ok([course, Self::of_participants(participants, is_pseudonymous)?])
    }

    pub(super) fn of_participants(
        participants: CourseParticipants,
        is_pseudonymous: bool,
    ) -> serde_json::Result<Self> {
        let participants = if is_pseudonymous {
            participants.without_names()
        } else {
            participants
        };
        Self::of(FileName::Participants, &participants)
    }

    pub(super) fn of_materials(materials: &CourseMaterials) -> serde_json::Result<Self> {
        Self::of(FileName::Materials, materials)
    }
}

/// The SHA-256 of a file, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Hash(String);

impl Hash {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(hex::encode(Sha256::digest(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_spelled_alike_on_the_disk_and_in_the_manifest() {
        for name in FileName::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.as_str());
        }
    }
}
