//! What a round of the sequencer costs without its database: the hashes of 100,000 leaves, and their tiles.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use transparency_log::{Checkpoint, SigningKey, Tree, leaf_hash};

const LEAVES: u64 = 100_000;

fn append(criterion: &mut Criterion) {
    let leaves: Vec<[u8; 600]> = (0..LEAVES)
        .map(|number| {
            let mut leaf = [b'x'; 600];
            leaf[..8].copy_from_slice(&number.to_be_bytes());
            leaf
        })
        .collect();
    let mut group = criterion.benchmark_group("append");
    group.throughput(Throughput::Elements(LEAVES)).sample_size(10);
    group.bench_function("100000 leaves of 600 bytes", |bencher| {
        bencher.iter(|| {
            let mut tree = Tree::new();
            let tiles = tree.append(leaves.iter().map(|leaf| leaf_hash(leaf)));
            black_box((tree.root(), tiles))
        });
    });
    group.finish();
    let key = SigningKey::generate("bench").unwrap();
    let tree = Tree::new();
    criterion.bench_function("sign a checkpoint", |bencher| {
        bencher.iter(|| Checkpoint::of("bench/1", &tree).sign(&key).unwrap().text());
    });
}

criterion_group!(benches, append);
criterion_main!(benches);
