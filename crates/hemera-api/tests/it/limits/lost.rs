//! The shared store goes away in the middle of it, and comes back.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};

use super::{COURSES, Pair, connect, standing};
use crate::support::CapturedLog;

const CUT: &str = "ready (rate limits: own share)\n";
const TOGETHER: &str = "ready\n";

impl Pair {
    /// How many decisions the store was asked for.
    fn decisions(&self) -> u64 {
        let mut store = connect(&self.redis);
        let all: String = redis::cmd("INFO").arg("commandstats").query(&mut store).unwrap();
        let line = all
            .lines()
            .find(|line| line.starts_with("cmdstat_evalsha:"))
            .unwrap();
        let (_, rest) = line.split_once("calls=").unwrap();
        rest.split(',').next().unwrap().parse().unwrap()
    }

    /// Waits until both servers have found the store again. It is looked for in the background, after a request has
    /// found that it is time.
    async fn find_the_store_again(&self) {
        for server in 0..2 {
            for _ in 0..2_000 {
                if self.readiness(server).await == TOGETHER {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            assert_eq!(self.readiness(server).await, TOGETHER);
        }
    }
}

/// Each server goes on from what it has admitted itself, with half of the limit.
#[tokio::test]
async fn a_server_goes_on_from_its_own_usage_with_its_share() {
    let mut pair = Pair::start().await;
    assert_eq!((pair.admitted(0, 4).await, pair.admitted(1, 9).await), (4, 9));
    pair.redis.stop();

    let first = pair.callers[0].get(COURSES).await;
    first.assert_status(200);
    assert_eq!((standing(&first).0, standing(&first).1), (50, 5));
    assert_eq!(
        first.header("ratelimit-policy"),
        "\"minute\";q=50;w=3600, \"burst\";q=10;w=720"
    );
    assert_eq!(pair.admitted(0, 9).await, 5);
    assert_eq!(pair.admitted(1, 9).await, 1);
    assert_eq!(
        (pair.readiness(0).await, pair.readiness(1).await),
        (CUT.into(), CUT.into())
    );
    pair.app.finish().await;
}

/// Whoever has had it all gets no more by the loss than what the other servers' shares hold.
#[tokio::test]
async fn a_loss_costs_one_burst_at_most() {
    let mut pair = Pair::start().await;
    assert_eq!(pair.admitted(0, 25).await, 20);
    pair.redis.stop();
    assert_eq!((pair.admitted(0, 25).await, pair.admitted(1, 25).await), (0, 10));
    pair.app.finish().await;
}

#[tokio::test]
async fn a_store_that_comes_back_is_found_without_anybody_waiting() {
    let log = CapturedLog::start();
    let mut pair = Pair::start().await;
    assert_eq!(pair.admitted(0, 20).await, 20);
    pair.redis.stop();
    assert_eq!((pair.admitted(0, 3).await, pair.admitted(1, 3).await), (0, 3));
    pair.redis.restart().unwrap();
    // Nobody looks before it is time.
    assert_eq!(pair.admitted(0, 3).await, 0);
    assert_eq!(pair.readiness(0).await, CUT);

    pair.app.advance(Duration::from_secs(1));
    assert_eq!((pair.admitted(0, 1).await, pair.admitted(1, 1).await), (0, 1));
    pair.find_the_store_again().await;
    // It has forgotten everything: one burst more, and for both servers together.
    assert_eq!((pair.admitted(0, 15).await, pair.admitted(1, 15).await), (15, 5));
    let text = log.text();
    assert_eq!(text.matches("is lost").count(), 2, "once for each server: {text}");
    pair.app.finish().await;
}

/// It takes what it is sent and never answers. One request waits for the time-out; the others do not even ask, which the
/// store itself tells when it goes on: it reads then what it was sent meanwhile.
#[tokio::test]
async fn a_store_that_hangs_costs_one_request_its_time_out() {
    let mut pair = Pair::start().await;
    pair.callers[1].get(COURSES).await.assert_status(200);
    assert_eq!(pair.decisions(), 1);
    pair.redis.freeze().unwrap();

    let begin = SystemClock.now();
    pair.callers[1].get(COURSES).await.assert_status(200);
    assert!(SystemClock.now().since(begin) >= Duration::from_secs(1));
    assert_eq!(pair.admitted(1, 6).await, 6);
    // Somebody looks for it now, and hangs in the background.
    pair.app.advance(Duration::from_secs(1));
    assert_eq!(pair.admitted(1, 4).await, 2);
    assert_eq!(pair.readiness(1).await, CUT);

    pair.redis.thaw().unwrap();
    assert_eq!(pair.decisions(), 2);
    pair.app.finish().await;
}

/// Halted for a while, it has forgotten nothing when it goes on.
#[tokio::test]
async fn what_the_store_has_kept_still_counts() {
    let mut pair = Pair::start().await;
    assert_eq!(pair.admitted(0, 20).await, 20);
    pair.redis.freeze().unwrap();
    assert_eq!((pair.admitted(0, 2).await, pair.admitted(1, 12).await), (0, 10));
    pair.redis.thaw().unwrap();
    pair.app.advance(Duration::from_secs(1));
    assert_eq!((pair.admitted(0, 1).await, pair.admitted(1, 1).await), (0, 0));
    pair.find_the_store_again().await;
    assert_eq!((pair.admitted(0, 5).await, pair.admitted(1, 5).await), (0, 0));
    pair.app.finish().await;
}
