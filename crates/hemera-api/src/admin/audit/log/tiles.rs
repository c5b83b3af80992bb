//! `hemera-api audit tiles`: an epoch of the log in the files of C2SP tlog-tiles.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use futures_util::StreamExt as _;
use sqlx::PgConnection;
use transparency_log::{SignedCheckpoint, TILE_HASHES, TileId, bundle_path, push_entry};

use super::query::{self, EpochRow};
use super::reader::{snapshot, within};
use crate::admin::{Console, Failure};
use crate::config::DatabaseUrl;

/// How many tiles are read at once.
const TILES: u64 = 64;

#[derive(Args, Debug)]
pub(crate) struct WriteTiles {
    /// The folder to write to; it must be empty, or not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The epoch; without it, the newest
    #[arg(long)]
    epoch: Option<i32>,
}

pub(crate) async fn run(
    arguments: &WriteTiles,
    console: &Console,
    url: &DatabaseUrl,
) -> Result<ExitCode, Failure> {
    let folder = &arguments.folder;
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    if std::fs::read_dir(folder)?.next().is_some() {
        return Err(format!("{} is not empty: name a new folder", folder.display()).into());
    }
    let (mut first, mut second) = snapshot(url, "hemera-api audit tiles").await?;
    let epochs = within(query::epochs(&mut first)).await?;
    let newest = epochs.last().map(|epoch| epoch.epoch);
    let wanted = arguments.epoch.or(newest);
    let epoch = epochs.iter().find(|epoch| Some(epoch.epoch) == wanted);
    let epoch = epoch.ok_or("there is no such epoch: `hemera-api audit verify` lists them")?;
    let note = if wanted == newest {
        within(query::state(&mut first)).await?.note
    } else {
        within(query::newest_checkpoint(&mut first, epoch.epoch)).await?
    };
    let note = note.ok_or("the epoch has no checkpoint")?;
    let size = SignedCheckpoint::parse(&note)?.unverified().size;
    write(folder, "checkpoint", note.as_bytes())?;
    let mut files = Files {
        folder,
        size,
        left_out: 0,
    };
    files.tiles(&mut second, epoch.epoch).await?;
    files.entries(&mut first, &mut second, epoch).await?;
    console.print(format_args!(
        "{}: {size} leaves in {}",
        epoch.origin,
        folder.display()
    ));
    if files.left_out > 0 {
        console.note(format_args!(
            "{} bundles of entries were left out, because a record of theirs is gone",
            files.left_out
        ));
    }
    Ok(ExitCode::SUCCESS)
}

struct Files<'f> {
    folder: &'f Path,
    size: u64,
    left_out: u64,
}

impl Files<'_> {
    async fn tiles(&self, connection: &mut PgConnection, epoch: i32) -> Result<(), Failure> {
        for level in 0..8_u8 {
            let mut index = 0;
            while (TileId { level, index }).width(self.size) > 0 {
                let places: Vec<TileId> = (index..index + TILES)
                    .map(|index| TileId { level, index })
                    .collect();
                for tile in within(query::tiles(connection, epoch, &places)).await? {
                    // A round that came after the checkpoint may have made it longer.
                    let width = tile.id.width(self.size).min(tile.width());
                    let bytes = tile.bytes.get(..width * 32).unwrap_or_default();
                    if width > 0 {
                        write(self.folder, &tile.id.path(width), bytes)?;
                    }
                }
                index += TILES;
            }
        }
        Ok(())
    }

    async fn entries(
        &mut self,
        batches: &mut PgConnection,
        reader: &mut PgConnection,
        epoch: &EpochRow,
    ) -> Result<(), Failure> {
        let mut bundle = Bundle::default();
        bundle.push(Some(epoch.opening.clone().into_bytes()));
        let (mut ats, mut ids) = (Vec::new(), Vec::new());
        let mut rows = query::batches(batches, epoch.epoch);
        loop {
            let batch = within(async { rows.next().await.transpose() }).await?;
            let is_last = batch.is_none();
            if let Some(batch) = batch {
                ats.extend(batch.ats);
                ids.extend(batch.ids);
            }
            if is_last || ids.len() >= TILE_HASHES {
                for record in within(query::records(reader, &ats, &ids)).await? {
                    bundle.push(record.leaf());
                    if bundle.width == TILE_HASHES {
                        self.write_bundle(&mut bundle)?;
                    }
                }
                ats.clear();
                ids.clear();
            }
            if is_last {
                break;
            }
        }
        if bundle.width > 0 {
            self.write_bundle(&mut bundle)?;
        }
        Ok(())
    }

    fn write_bundle(&mut self, bundle: &mut Bundle) -> Result<(), Failure> {
        let done = std::mem::take(bundle);
        bundle.index = done.index + 1;
        if done.is_whole() {
            write(self.folder, &bundle_path(done.index, done.width), &done.bytes)
        } else {
            self.left_out += 1;
            Ok(())
        }
    }
}

/// The entries of one tile.
#[derive(Default)]
struct Bundle {
    index: u64,
    width: usize,
    bytes: Vec<u8>,
    absent: usize,
}

impl Bundle {
    fn push(&mut self, entry: Option<Vec<u8>>) {
        self.width += 1;
        let is_there = entry.is_some_and(|entry| push_entry(&mut self.bytes, &entry));
        self.absent += usize::from(!is_there);
    }

    fn is_whole(&self) -> bool {
        self.absent == 0
    }
}

fn write(folder: &Path, path: &str, bytes: &[u8]) -> Result<(), Failure> {
    let file = folder.join(path);
    let made = file.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| std::fs::write(&file, bytes))
        .map_err(|error| format!("{} cannot be written: {error}", file.display()).into())
}
