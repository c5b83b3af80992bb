//! Compressed responses, and the limit of their decompressed size.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::{Bench, Reply, Server};

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn brotli(mut body: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    brotli::CompressorReader::new(&mut body, 4096, 1, 22)
        .read_to_end(&mut compressed)
        .unwrap();
    compressed
}

type Compress = fn(&[u8]) -> Vec<u8>;

const CODINGS: [(&str, Compress); 2] = [("gzip", gzip), ("br", brotli)];

#[tokio::test]
async fn compressed_responses_are_accepted_and_decoded() {
    for (coding, compress) in CODINGS {
        let reply = Reply::courses().compressed(coding, compress);
        let bench = Bench::new(Server::always(reply).await);
        let page = bench.list().await.unwrap();
        assert_eq!(page.items[0].participant_count, 7);
        let seen = bench.server.only();
        let taken: Vec<&str> = seen.header("accept-encoding").split(',').map(str::trim).collect();
        assert_eq!(taken, ["gzip", "br"]);
    }
}

#[tokio::test]
async fn body_with_a_wrong_content_encoding_is_a_connection_error() {
    let reply = Reply::courses().with_header("content-encoding", "gzip");
    let bench = Bench::new(Server::always(reply).await);
    let error = bench.list().await.unwrap_err();
    assert!(error.is_connection(), "{error}");
}

/// 64 MiB of blanks are a few kilobytes when compressed. The client uses no more memory than a valid response may need:
/// the body grows by doubling, so there are at most 16 MiB and 32 MiB at the same time.
#[test]
fn decompression_bomb_is_cut_off_without_using_its_memory() {
    let blanks = vec![b' '; 64 << 20];
    for (coding, compress) in CODINGS {
        let bomb = compress(&blanks);
        assert!(bomb.len() < 1 << 20, "{coding}: {}", bomb.len());
        let reply = Reply::json(200, "").compressed(coding, |_| bomb);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let taken = allocation_counter::measure(|| {
            runtime.block_on(async {
                let bench = Bench::new(Server::always(reply).await);
                let error = bench.list().await.unwrap_err();
                assert!(error.to_string().contains("larger than"), "{coding}: {error}");
                assert_eq!(error.attempts(), 1);
            });
        });
        assert!(
            taken.bytes_max < 64 << 20,
            "{coding}: {} bytes at once",
            taken.bytes_max
        );
    }
}
