//! All that a deck of slides needs, in one call.
//!
//! A [`Deck`] has the course, its participants with their preparation, the topics of the curriculum, and the materials with
//! their HTML. **A material that stands under several topics is one material of the deck**, with the list of its places: a
//! deck that makes a slide of each material, or one for each participant, makes it once and not once for each topic.
//!
//! ```no_run
//! use aither_flows::selection::Selection;
//! use aither_flows::slides;
//! # use aither_client::{HemeraClient, freshness::SystemClock};
//!
//! # async fn make(hemera: &HemeraClient) -> Result<(), slides::SlidesError> {
//! let deck = slides::deck(hemera, &Selection::next(&SystemClock)).await?;
//! for material in &deck.materials {
//!     println!("{}: one slide for the course", material.identifier);
//! }
//! for (material, participant) in deck.participant_slides() {
//!     println!("{}: a slide for {}", material.identifier, participant.user_id);
//! }
//! # Ok(())
//! # }
//! ```

use std::collections::HashMap;

use aither_client::hemera_types::{
    CourseId, CourseMaterials, Material, MaterialId, Participant, Timestamp, TopicId,
};
use aither_client::{Error, HemeraClient};
use serde::{Deserialize, Serialize};

use crate::course::Course;
use crate::progress::{Phase, Progress, Silent};
use crate::selection::{Selection, next_course};

/// What a deck of slides is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deck {
    /// The course.
    pub course: Course,
    /// Who booked it, with their preparation, by booking time, then id of the booking.
    pub participants: Vec<Participant>,
    /// The topics of the curriculum, in its order, each with the ids of its materials.
    pub topics: Vec<DeckTopic>,
    /// Every material once, in the order in which the curriculum comes to it first.
    pub materials: Vec<DeckMaterial>,
}

/// A topic of the curriculum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeckTopic {
    /// The topic.
    pub topic_id: TopicId,
    /// Its title, for people.
    pub topic_title: String,
    /// Its materials, in the order of the topic. They are in [`Deck::materials`].
    pub materials: Vec<MaterialId>,
}

/// A material, with all its places in the curriculum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeckMaterial {
    /// The material.
    pub material_id: MaterialId,
    /// The name that slides and recordings refer to it by.
    pub identifier: String,
    /// Its title, for people.
    pub title: String,
    /// Its HTML, where it has one. Written by Hemera's editors: sanitize it before a browser shows it.
    pub html_content: Option<String>,
    /// The topics that it stands under, in the order of the curriculum. At least one.
    pub topics: Vec<Place>,
}

/// Where a material stands in a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The topic.
    pub topic_id: TopicId,
    /// Its place within the topic.
    pub sort_order: i32,
}

/// Why there is no deck. The text says what to do; the cause is the [`source`](std::error::Error::source).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SlidesError {
    /// No published course starts after this time.
    #[error("no published course starts after {after}: publish one at Hemera, or name the course")]
    NoNextCourse {
        /// The time.
        after: Timestamp,
    },
    /// Hemera has no such course.
    #[error("Hemera has no course {id}: `aither courses` lists those that it has")]
    NoSuchCourse {
        /// The course.
        id: CourseId,
    },
    /// A call to Hemera failed.
    #[error(transparent)]
    Hemera(#[from] Error),
}

/// All that the deck of a course needs.
///
/// Two requests, and one more to select the next course. Nothing is stored.
pub async fn deck(hemera: &HemeraClient, selection: &Selection) -> Result<Deck, SlidesError> {
    deck_observed(hemera, selection, &Silent).await
}

/// The same as [`deck`], with an observer.
pub async fn deck_observed(
    hemera: &HemeraClient,
    selection: &Selection,
    progress: &dyn Progress,
) -> Result<Deck, SlidesError> {
    let requests = if matches!(selection, Selection::Course(_)) {
        2
    } else {
        3
    };
    let step = |to_do: u64| progress.step(Phase::ReadDeck.step(requests - to_do, Some(requests)));
    step(requests);
    let id = match selection {
        Selection::Course(id) => id.clone(),
        Selection::NextAfter(after) => match next_course(hemera, *after).await? {
            Some(course) => course.id,
            None => return Err(SlidesError::NoNextCourse { after: *after }),
        },
    };
    step(2);
    let missing = |error: Error| {
        if error.is_not_found() && error.code().is_some() {
            SlidesError::NoSuchCourse { id: id.clone() }
        } else {
            SlidesError::Hemera(error)
        }
    };
    let detail = hemera.service_course(&id).await.map_err(missing)?.into_inner();
    step(1);
    let materials = hemera.service_course_materials(&id).await.map_err(missing)?;
    step(0);
    let course = Course::from(&detail);
    Ok(Deck::of(course, detail.participants, materials.into_inner()))
}

impl Deck {
    /// A deck of what Hemera says about a course.
    fn of(course: Course, participants: Vec<Participant>, curriculum: CourseMaterials) -> Self {
        let mut materials: Vec<DeckMaterial> = Vec::new();
        let mut index_of: HashMap<MaterialId, usize> = HashMap::new();
        let mut topics = Vec::new();
        for topic in curriculum.topics {
            let ids = topic
                .materials
                .iter()
                .map(|material| material.material_id.clone());
            topics.push(DeckTopic {
                topic_id: topic.topic_id.clone(),
                topic_title: topic.topic_title,
                materials: ids.collect(),
            });
            for material in topic.materials {
                let place = Place {
                    topic_id: topic.topic_id.clone(),
                    sort_order: material.sort_order,
                };
                let index = *index_of.entry(material.material_id.clone()).or_insert_with(|| {
                    materials.push(DeckMaterial::of(material));
                    materials.len() - 1
                });
                materials[index].topics.push(place);
            }
        }
        Self {
            course,
            participants,
            topics,
            materials,
        }
    }

    /// The material with this id.
    pub fn material(&self, id: &MaterialId) -> Option<&DeckMaterial> {
        self.materials.iter().find(|material| material.material_id == *id)
    }

    /// Each material with each participant, once: a slide for each participant. By material, then participant.
    ///
    /// Filter it by material if only some are made for each participant.
    pub fn participant_slides(&self) -> impl Iterator<Item = (&DeckMaterial, &Participant)> {
        self.materials.iter().flat_map(|material| {
            self.participants
                .iter()
                .map(move |participant| (material, participant))
        })
    }
}

impl DeckMaterial {
    /// The material without its places.
    fn of(material: Material) -> Self {
        Self {
            material_id: material.material_id,
            identifier: material.identifier,
            title: material.title,
            html_content: material.html_content,
            topics: Vec::new(),
        }
    }
}
