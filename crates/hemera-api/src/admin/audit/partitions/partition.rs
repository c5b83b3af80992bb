//! The partitions of the audit trail: one a month for the records, and one for their details.

use time::OffsetDateTime;

/// One partition.
#[derive(Clone, Debug)]
pub(in crate::admin::audit) struct Partition {
    pub(in crate::admin::audit) name: String,
    /// `audit_log` or `audit_details`.
    pub(in crate::admin::audit) parent: String,
    /// Its month in UTC, from its first moment on and before its end; `None` for the partition of all other months.
    pub(in crate::admin::audit) begin: Option<OffsetDateTime>,
    pub(in crate::admin::audit) end: Option<OffsetDateTime>,
    /// With its indexes, in bytes.
    pub(in crate::admin::audit) size: i64,
    /// What PostgreSQL estimates.
    pub(in crate::admin::audit) estimate: i64,
}

impl Partition {
    /// The month, `2026-03`.
    pub(in crate::admin::audit) fn month(&self) -> Option<String> {
        let begin = self.begin?;
        Some(format!("{:04}-{:02}", begin.year(), u8::from(begin.month())))
    }
}

/// A part of time, without a begin or without an end where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::admin::audit) struct Range {
    pub(in crate::admin::audit) begin: Option<OffsetDateTime>,
    pub(in crate::admin::audit) end: Option<OffsetDateTime>,
}

/// The times that a partition holds. An auditor has no right to it by its name, and asks its table for these.
pub(in crate::admin::audit) fn ranges(partition: &Partition, all: &[Partition]) -> Vec<Range> {
    if partition.begin.is_some() {
        return vec![Range {
            begin: partition.begin,
            end: partition.end,
        }];
    }
    let months = all
        .iter()
        .filter(|other| other.parent == partition.parent && other.begin.is_some());
    let mut gaps = Vec::new();
    let mut begin = None;
    for month in months {
        if month.begin != begin {
            gaps.push(Range {
                begin,
                end: month.begin,
            });
        }
        begin = month.end;
    }
    gaps.push(Range { begin, end: None });
    gaps
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn partition(begin: Option<OffsetDateTime>, end: Option<OffsetDateTime>) -> Partition {
        Partition {
            name: "p".into(),
            parent: "audit_log".into(),
            begin,
            end,
            size: 0,
            estimate: 0,
        }
    }

    #[test]
    fn the_partition_without_a_month_holds_what_no_month_does() {
        let (first, second) = (datetime!(2026-01-01 00:00 UTC), datetime!(2026-02-01 00:00 UTC));
        let (fourth, fifth) = (datetime!(2026-04-01 00:00 UTC), datetime!(2026-05-01 00:00 UTC));
        let all = [
            partition(Some(first), Some(second)),
            partition(Some(fourth), Some(fifth)),
            partition(None, None),
        ];
        let range = |begin, end| Range { begin, end };
        assert_eq!(
            ranges(&all[2], &all),
            [
                range(None, Some(first)),
                range(Some(second), Some(fourth)),
                range(Some(fifth), None)
            ]
        );
        assert_eq!(ranges(&all[0], &all), [range(Some(first), Some(second))]);
        assert_eq!(ranges(&all[2], &all[2..]), [range(None, None)]);
        assert_eq!(all[1].month().as_deref(), Some("2026-04"));
    }
}
