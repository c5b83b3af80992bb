//! All that a deck needs.

use aither_client::testing::ParticipationSeed;
use aither_flows::Phase;
use aither_flows::selection::Selection;
use aither_flows::slides::{self, SlidesError};

use crate::support::{Steps, academy, clock, course_id, material, new_client, now, participation_id, topic};

#[tokio::test]
async fn a_material_in_several_topics_is_one_material_of_the_deck() {
    let clock = clock();
    let hemera = academy(&clock, &[("a", 1)]).await;
    let topics = [
        topic("t1", [material("intro", 1), material("shared", 2)]),
        topic("t2", [material("shared", 1), material("outro", 2)]),
        topic("t3", []),
    ];
    hemera.set_materials(&course_id("a"), topics).unwrap();
    let second = ParticipationSeed::new(participation_id("a-2"), course_id("a")).with_desired_results("More");
    hemera.put_participation(second).unwrap();

    let deck = slides::deck(&new_client(&hemera), &Selection::Course(course_id("a")))
        .await
        .unwrap();
    assert_eq!(hemera.requests().len(), 2);
    let materials: Vec<&str> = deck
        .materials
        .iter()
        .map(|material| material.material_id.as_str())
        .collect();
    assert_eq!(materials, ["intro", "shared", "outro"]);
    let shared = deck.material(&deck.materials[1].material_id).unwrap();
    assert_eq!(shared.html_content.as_deref(), Some("<p>shared</p>"));
    let places: Vec<_> = shared
        .topics
        .iter()
        .map(|place| (place.topic_id.as_str(), place.sort_order))
        .collect();
    assert_eq!(places, [("t1", 2), ("t2", 1)]);
    let topics: Vec<_> = deck.topics.iter().map(|topic| topic.materials.len()).collect();
    assert_eq!(topics, [2, 2, 0]);
    assert_eq!(deck.participants[1].desired_results.as_deref(), Some("More"));

    let slides: Vec<_> = deck
        .participant_slides()
        .map(|(material, participant)| (material.material_id.as_str(), participant.user_id.as_str()))
        .collect();
    assert_eq!(
        slides,
        [
            ("intro", "a-1"),
            ("intro", "a-2"),
            ("shared", "a-1"),
            ("shared", "a-2"),
            ("outro", "a-1"),
            ("outro", "a-2")
        ]
    );
}

#[tokio::test]
async fn the_deck_of_the_next_course_needs_one_request_more() {
    let clock = clock();
    let hemera = academy(&clock, &[("b", 2), ("a", 2), ("c", 3)]).await;
    let steps = Steps::default();
    let client = new_client(&hemera);
    let deck = slides::deck_observed(&client, &Selection::next(&clock), &steps)
        .await
        .unwrap();
    assert_eq!(deck.course.id, course_id("a"));
    assert_eq!(hemera.requests().len(), 3);
    let done: Vec<_> = steps
        .all()
        .iter()
        .map(|step| (step.phase, step.done, step.total))
        .collect();
    let expected = [0, 1, 2, 3].map(|done| (Phase::ReadDeck, done, Some(3)));
    assert_eq!(done, expected);
}

#[tokio::test]
async fn a_deck_survives_json() {
    let clock = clock();
    let hemera = academy(&clock, &[("a", 1)]).await;
    let deck = slides::deck(&new_client(&hemera), &Selection::next(&clock))
        .await
        .unwrap();
    let json = serde_json::to_value(&deck).unwrap();
    assert_eq!(json["course"]["startDate"], "2026-03-16T12:00:00.000Z");
    assert_eq!(json["materials"][0]["topics"][0]["topicId"], "a-topic");
    assert_eq!(serde_json::from_value::<slides::Deck>(json).unwrap(), deck);
}

#[tokio::test]
async fn without_a_course_there_is_no_deck_and_the_error_says_what_to_do() {
    let clock = clock();
    let hemera = academy(&clock, &[("a", 0)]).await;
    let client = new_client(&hemera);
    let error = slides::deck(&client, &Selection::next(&clock)).await.unwrap_err();
    assert!(matches!(error, SlidesError::NoNextCourse { after } if after == now(&clock)));
    assert!(error.to_string().contains("name the course"), "{error}");
    let error = slides::deck(&client, &Selection::Course(course_id("b")))
        .await
        .unwrap_err();
    assert!(matches!(&error, SlidesError::NoSuchCourse { id } if *id == course_id("b")));
    assert!(error.to_string().contains("course b"), "{error}");
}
