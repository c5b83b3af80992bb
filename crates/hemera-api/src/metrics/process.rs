//! The process itself, under the names that every Prometheus client library uses. Only Linux has these figures in
//! files (`/proc/self`); elsewhere these metrics are missing.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

/// Reads the process's figures each time that the metrics are read.
#[derive(Debug)]
pub(super) struct Process;

/// One figure: its name, what it is, its unit, and its value.
type Figure = (&'static str, &'static str, Option<Unit>, f64);

/// What is known of the process.
struct Figures {
    cpu_seconds: f64,
    others: Vec<Figure>,
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(figures) = Figures::read() else {
            return Ok(());
        };
        let cpu = ConstCounter::new(figures.cpu_seconds);
        let help = "Processor time that the process has used";
        cpu.encode(encoder.encode_descriptor("cpu", help, Some(&Unit::Seconds), MetricType::Counter)?)?;
        for (name, help, unit, value) in figures.others {
            let value = ConstGauge::new(value);
            value.encode(encoder.encode_descriptor(name, help, unit.as_ref(), MetricType::Gauge)?)?;
        }
        Ok(())
    }
}

impl Figures {
    #[cfg(target_os = "linux")]
    #[expect(clippy::cast_precision_loss, reason = "no process has 2^53 bytes or files")]
    fn read() -> Option<Self> {
        let process = procfs::process::Process::myself().ok()?;
        let figures = process.stat().ok()?;
        let ticks = procfs::ticks_per_second() as f64;
        let page = procfs::page_size() as f64;
        let mut others: Vec<Figure> = vec![
            (
                "resident_memory",
                "Memory that the process has in use",
                Some(Unit::Bytes),
                figures.rss as f64 * page,
            ),
            (
                "virtual_memory",
                "Memory that the process has reserved",
                Some(Unit::Bytes),
                figures.vsize as f64,
            ),
            (
                "threads",
                "Threads of the process",
                None,
                figures.num_threads as f64,
            ),
        ];
        if let Ok(boot) = procfs::boot_time_secs() {
            let start = boot as f64 + figures.starttime as f64 / ticks;
            others.push((
                "start_time",
                "When the process began, in seconds since 1970",
                Some(Unit::Seconds),
                start,
            ));
        }
        if let Ok(open) = process.fd_count() {
            others.push((
                "open_fds",
                "File descriptors that are open, connections among them",
                None,
                open as f64,
            ));
        }
        if let Some(most) = process
            .limits()
            .ok()
            .and_then(|limits| most_files(limits.max_open_files.soft_limit))
        {
            others.push((
                "max_fds",
                "The most file descriptors that can be open",
                None,
                most as f64,
            ));
        }
        Some(Self {
            cpu_seconds: (figures.utime + figures.stime) as f64 / ticks,
            others,
        })
    }

    #[cfg(not(target_os = "linux"))]
    fn read() -> Option<Self> {
        None
    }
}

#[cfg(target_os = "linux")]
fn most_files(limit: procfs::process::LimitValue) -> Option<u64> {
    match limit {
        procfs::process::LimitValue::Value(most) => Some(most),
        procfs::process::LimitValue::Unlimited => None,
    }
}
